/**
 * Lines below a model's name: the work that goes on with it, and that it is in memory.
 */

import { type ITexts, useHost } from '../../host';
import type { ILoaded, IRun } from '../../protocol';
import { bytes, count, exactly, left, percent } from '../format';
import { ProgressBar, shareOf } from '../parts/bar';
import { IconButton } from '../parts/button';
import { useNow } from '../parts/now';
import { visibleName } from '../parts/visible';
import { progressText } from '../progress';

/** What a run does, for people. */
export function verbName(trans: ITexts, verb: string): string {
  switch (verb) {
    case 'pull':
      return trans.__('Pulling');
    case 'push':
      return trans.__('Pushing');
    case 'create':
      return trans.__('Creating');
    case 'load':
      return trans.__('Loading');
    case 'chat':
    case 'generate':
      return trans.__('Answering');
    case 'embed':
      return trans.__('Embedding');
    default:
      return visibleName(verb);
  }
}

/** One run: what it does, how far it is, and a way to stop it. */
export function WorkLine({ run, tabIndex, onCancel }: { run: IRun; tabIndex: number; onCancel: (run: number) => void }): JSX.Element {
  const { trans } = useHost();
  const [completed, total] = [run.progress?.completed ?? null, run.progress?.total ?? null];
  const share = shareOf(completed, total);
  const verb = verbName(trans, run.verb);
  return (
    <div className="jo-work" data-run={run.run} onClick={event => event.stopPropagation()}>
      <ProgressBar share={share} label={`${verb} ${visibleName(run.model)}`} />
      <span className="jo-work-text" title={run.progress === null ? undefined : progressText(run.progress, trans)}>
        {run.state === 'asking' ? trans.__('%1: waits for an answer', verb) : verb}
        {share === null ? '' : ` ${percent(Math.min(1, share))}`}
        {total === null ? '' : ` · ${bytes(total)}`}
      </span>
      <IconButton icon="close" label={trans.__('Cancel: %1 %2', verb, visibleName(run.model))} tabIndex={tabIndex} onClick={() => onCancel(run.run)} />
    </div>
  );
}

/** That a model is in memory, what it takes there and for how long. */
export function LoadedLine({ loaded }: { loaded: ILoaded }): JSX.Element {
  const { trans } = useHost();
  const expires = loaded.expires === null ? NaN : Date.parse(loaded.expires);
  const now = useNow(Number.isNaN(expires) ? 3_600_000 : 1_000);
  const facts = [visibleName(loaded.processor), trans.__('context of %1 tokens', count(loaded.context))];
  if (loaded.gpu > 0) {
    facts.push(trans.__('%1 on GPUs', bytes(loaded.gpu)));
  }
  return (
    <div className="jo-loaded" title={facts.join(' · ')}>
      <span className="jo-dot" />
      <span>{trans.__('%1 in memory', bytes(loaded.memory))}</span>
      <span className="jo-hint" title={Number.isNaN(expires) ? undefined : exactly(expires)}>
        {restOf(trans, expires, now)}
      </span>
    </div>
  );
}

const A_YEAR = 31_536_000_000;

function restOf(trans: ITexts, expires: number, now: number): string {
  if (Number.isNaN(expires) || expires - now > A_YEAR) {
    return trans.__('stays');
  }
  return expires <= now ? trans.__('about to be unloaded') : trans.__('for %1', left(expires - now));
}
