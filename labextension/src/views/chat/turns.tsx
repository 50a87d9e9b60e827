/**
 * The turns of a conversation: questions, which can be edited, and answers, which can be had again; and the way between branches.
 */

import { memo, useState, useSyncExternalStore, type KeyboardEvent } from 'react';
import { useHost, type ITexts } from '../../host';
import type { IProgress } from '../../protocol';
import { Button, IconButton } from '../parts/button';
import { FaultNote } from '../parts/fault';
import { useNow } from '../parts/now';
import { Name, visibleName, visibleText } from '../parts/visible';
import { answerCell } from './cells';
import { CopyButton } from '../parts/copy';
import type { LiveAnswer } from './answer';
import { Parts } from './parts';
import { figures, summary } from './statistics';
import { TextBox } from './textbox';
import { siblings, textOf, type IQuestion, type IReply, type ITree } from './tree';

/** What can be done to a turn. */
export interface IActions {
  readonly edit: (question: string, text: string) => void;
  readonly again: (reply: string) => void;
  readonly choose: (turn: string) => void;
}

interface ITurnProps<T> {
  readonly turn: T;
  readonly branches: readonly string[];
  readonly actions: IActions;
}

/** The turns that stand in the place of this one, this one among them. */
export function branchesOf(tree: ITree, id: string): readonly string[] {
  return siblings(tree, id).ids;
}

export const Question = memo(function Question({ turn, branches, actions }: ITurnProps<IQuestion>): JSX.Element {
  const { trans } = useHost();
  const [draft, setDraft] = useState<string | null>(null);
  const send = (): void => {
    if (draft !== null && draft.trim() !== '') {
      setDraft(null);
      actions.edit(turn.id, draft);
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      setDraft(null);
    }
  };
  if (draft !== null) {
    return (
      <article className="jo-chat-question" aria-label={trans.__('Your question')} onKeyDown={onKeyDown}>
        <TextBox value={draft} label={trans.__('Edit the question')} onChange={setDraft} onSubmit={send} focusFor="editing" />
        <div className="jo-turn-actions" data-always="">
          <Button kind="main" disabled={draft.trim() === ''} onClick={send}>
            {trans.__('Ask')}
          </Button>
          <Button onClick={() => setDraft(null)}>{trans.__('Cancel')}</Button>
        </div>
      </article>
    );
  }
  return (
    <article className="jo-chat-question" aria-label={trans.__('Your question')}>
      <div className="jo-said" dir="auto">
        {visibleText(turn.text)}
      </div>
      <div className="jo-turn-actions">
        <Branches turn={turn.id} branches={branches} choose={actions.choose} />
        <CopyButton text={() => turn.text} label={trans.__('Copy the question')} />
        <IconButton icon="edit" label={trans.__('Edit the question')} onClick={() => setDraft(turn.text)} />
      </div>
    </article>
  );
});

/** An answer; `live` while it comes. */
export const Reply = memo(function Reply({ turn, branches, actions, live, stopping }: ITurnProps<IReply> & { live: LiveAnswer | undefined; stopping: boolean }): JSX.Element {
  const { trans } = useHost();
  return (
    <article className="jo-reply" aria-label={trans.__('Answer of %1', visibleName(turn.asked.model))} aria-busy={live !== undefined}>
      <header>
        <Name text={turn.asked.model} />
      </header>
      {(turn.answer?.leftOut ?? 0) > 0 ? (
        <p className="jo-chat-note">
          {trans._n('%1 earlier message did not fit and was left out.', '%1 earlier messages did not fit and were left out.', turn.answer!.leftOut)}
        </p>
      ) : null}
      <Said turn={turn} live={live} stopping={stopping} />
      {live === undefined ? <Ending turn={turn} branches={branches} actions={actions} /> : null}
    </article>
  );
});

const NOTHING_COMES = { subscribe: () => () => undefined, shown: null };

/** What the model says: the same parts while it comes and afterwards, so that an answer that ends is not drawn anew. */
function Said({ turn, live, stopping }: { turn: IReply; live: LiveAnswer | undefined; stopping: boolean }): JSX.Element {
  const { trans } = useHost();
  const source = live ?? NOTHING_COMES;
  const coming = useSyncExternalStore(source.subscribe, () => source.shown);
  const parts = coming?.parts ?? turn.parts;
  return (
    <>
      <Parts parts={parts} isComing={coming !== null && !stopping} />
      {coming === null ? null : stopping ? (
        <p className="jo-chat-note">{trans.__('Stopping')}</p>
      ) : parts.length === 0 || coming.progress !== null ? (
        <Waiting progress={coming.progress} />
      ) : null}
    </>
  );
}

/** What happens before the first word. */
function Waiting({ progress }: { progress: IProgress | null }): JSX.Element {
  const { trans } = useHost();
  const [since] = useState(Date.now);
  const seconds = Math.floor((useNow(1000) - since) / 1000);
  return (
    <p className="jo-chat-note jo-chat-waiting">
      {progressText(progress, seconds, trans)}
      {seconds >= 3 ? ` ${trans.__('%1 s', seconds)}` : ''}
    </p>
  );
}

function progressText(progress: IProgress | null, seconds: number, trans: ITexts): string {
  switch (progress?.step) {
    case undefined:
      return seconds < 1 ? '' : trans.__('Waiting for the kernel');
    case 'loading':
      return seconds < 1 ? '' : trans.__('Loading the model and reading the question');
    case 'calling':
      return trans.__('Calling %1', visibleName(String(progress?.facts['what'] ?? '')));
    default:
      return visibleText(progress?.status ?? '');
  }
}

/** Below an answer that ended: how it ended, what it took, and what can be done with it. */
function Ending({ turn, branches, actions }: ITurnProps<IReply>): JSX.Element {
  const { trans, insertCells } = useHost();
  const text = textOf(turn);
  const hasText = text !== '';
  return (
    <>
      <Trouble turn={turn} again={actions.again} />
      {turn.answer?.reason === 'length' ? <p className="jo-chat-note">{trans.__('Cut off: the limit of tokens was reached.')}</p> : null}
      {turn.answer?.reason === 'cancelled' || (turn.state === 'finished' && turn.answer === null) ? <p className="jo-chat-note">{trans.__('Stopped.')}</p> : null}
      <div className="jo-turn-actions" data-always="">
        <Branches turn={turn.id} branches={branches} choose={actions.choose} />
        {hasText ? <CopyButton text={() => text} label={trans.__('Copy the answer')} /> : null}
        <IconButton icon="refresh" label={trans.__('Answer again')} onClick={() => actions.again(turn.id)} />
        {hasText && insertCells !== null ? (
          <IconButton icon="insert" label={trans.__('Insert the answer into the notebook')} onClick={() => insertCells([answerCell(turn)])} />
        ) : null}
        {turn.answer === null ? null : <Figures turn={turn} />}
      </div>
    </>
  );
}

function Trouble({ turn, again }: { turn: IReply; again: (reply: string) => void }): JSX.Element | null {
  const { trans } = useHost();
  if (turn.state === 'finished') {
    return null;
  }
  const fault = turn.state === 'failed' ? turn.fault : null;
  return (
    <div className="jo-trouble">
      {fault === null ? <p className="jo-chat-note">{lostText(turn, trans)}</p> : <FaultNote fault={fault} />}
      <Button icon="refresh" onClick={() => again(turn.id)}>
        {trans.__('Try again')}
      </Button>
    </div>
  );
}

function lostText(turn: IReply, trans: ITexts): string {
  switch (turn.fault?.kind) {
    case 'Closed':
      return trans.__('The kernel was restarted or stopped: this is all that came of the answer.');
    case undefined:
      return trans.__('The page was left: this is all that came of the answer.');
    default:
      return trans.__('Something got lost on the way from the kernel: this is all that came of the answer.');
  }
}

function Figures({ turn }: { turn: IReply }): JSX.Element {
  const { trans } = useHost();
  const answer = turn.answer!;
  return (
    <details className="jo-figures">
      <summary>{summary(answer, trans)}</summary>
      <dl>
        {figures(answer, trans).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{visibleName(value)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** ‹ 2/3 › */
function Branches({ turn, branches, choose }: { turn: string; branches: readonly string[]; choose: (id: string) => void }): JSX.Element | null {
  const { trans } = useHost();
  const index = branches.indexOf(turn);
  if (branches.length < 2) {
    return null;
  }
  const go = (to: number): void => choose(branches[to]!);
  return (
    <span className="jo-branches" role="group" aria-label={trans.__('Versions')}>
      <IconButton icon="back" label={trans.__('Version before')} disabled={index === 0} onClick={() => go(index - 1)} />
      <span aria-live="polite">{`${index + 1}/${branches.length}`}</span>
      <IconButton icon="forward" label={trans.__('Version after')} disabled={index === branches.length - 1} onClick={() => go(index + 1)} />
    </span>
  );
}
