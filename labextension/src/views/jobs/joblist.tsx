/**
 * Jobs as a person follows them: the steps with their bars, what came of it, and what can be done then.
 */

import { type ReactNode, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import type { Client } from '../../client';
import { type ITexts, useHost } from '../../host';
import { type Library, useLibrary } from '../../library';
import { bytes, left, percent } from '../format';
import { ProgressBar, shareOf } from '../parts/bar';
import { Button, IconButton } from '../parts/button';
import { FaultNote } from '../parts/fault';
import { Icon } from '../parts/icon';
import { visibleName } from '../parts/visible';
import { progressText } from '../progress';
import { type IJob, isGoing, Jobs } from './jobs';
import { type IStage, totalOf } from './stages';

/** The jobs of one verb in the kernel of `client`, those of its cells among them. */
export function useJobs(verb: string, client: Client, library: Library): readonly [Jobs, readonly IJob[]] {
  const jobs = useMemo(() => new Jobs(verb), [verb]);
  const { runs } = useLibrary(library);
  useEffect(() => jobs.forget(), [jobs, client]);
  useEffect(() => jobs.adopt(client, runs), [jobs, client, runs]);
  return [jobs, useSyncExternalStore(jobs.subscribe, jobs.snapshot)];
}

export interface IJobProps {
  readonly job: IJob;
  readonly title: string; // what goes on, in words
  readonly jobs: Jobs;
  /** Said when it was stopped. */
  readonly cancelled: string;
  /** Buttons for what was made. */
  readonly onChat: ((name: string) => void) | null;
  readonly onOpen: ((name: string) => void) | null;
  /** Try once more what was stopped or failed. */
  readonly onAgain?: () => void;
  /** Beside the fault: where it is. */
  readonly more?: ReactNode;
}

export function JobCard({ job, title, jobs, cancelled, onChat, onOpen, onAgain, more }: IJobProps): JSX.Element {
  const { trans } = useHost();
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    if (job.origin === 'panel') {
      card.current?.scrollIntoView({ block: 'nearest' }); // whoever began it wants to see it, and how it ends
    }
  }, [job.origin, job.state]);
  return (
    <section ref={card} className="jo-job" data-state={job.state} data-job={visibleName(job.name)} aria-label={title}>
      <header>
        <span className="jo-job-title">
          <bdi>{title}</bdi>
          {job.origin === 'cell' ? <span className="jo-hint"> {trans.__('from a cell')}</span> : null}
        </span>
        {isGoing(job) ? (
          <Button icon="stop" disabled={job.state === 'stopping'} onClick={() => jobs.cancel(job.id)}>
            {job.state === 'stopping' ? trans.__('Stopping …') : trans.__('Cancel')}
          </Button>
        ) : (
          <IconButton icon="close" label={trans.__('Close')} onClick={() => jobs.dismiss(job.id)} />
        )}
      </header>
      {isGoing(job) ? <Total job={job} title={title} /> : null}
      {job.state === 'finished' ? null : <Stages job={job} />}
      <Announcement job={job} cancelled={cancelled} />
      {job.fault === null ? null : <FaultNote fault={job.fault} />}
      {more}
      {job.state === 'finished' ? (
        <div className="jo-buttons">
          {onChat === null ? null : (
            <Button kind="main" icon="chat" onClick={() => onChat(job.made)}>
              {trans.__('Chat with it')}
            </Button>
          )}
          {onOpen === null ? null : (
            <Button icon="layers" onClick={() => onOpen(job.made)}>
              {trans.__('Open')}
            </Button>
          )}
        </div>
      ) : null}
      {onAgain === undefined || isGoing(job) || job.state === 'finished' ? null : (
        <div className="jo-buttons">
          <Button icon="refresh" onClick={onAgain}>
            {job.state === 'cancelled' ? trans.__('Go on') : trans.__('Try again')}
          </Button>
        </div>
      )}
    </section>
  );
}

/** What is going on, said to a screen reader step by step, without numbers; and how it ended. */
function Announcement({ job, cancelled }: { job: IJob; cancelled: string }): JSX.Element {
  const { trans } = useHost();
  const last = job.stages.at(-1);
  if (job.state === 'finished') {
    return (
      <p className="jo-job-end" role="status">
        <Icon name="check" />
        <bdi>{trans.__('%1 is there.', visibleName(job.made))}</bdi>
      </p>
    );
  }
  if (job.state === 'cancelled') {
    return (
      <p className="jo-job-end" role="status">
        {cancelled}
      </p>
    );
  }
  return (
    <p className="jo-visually-hidden" role="status">
      {isGoing(job) && last !== undefined ? progressText(last.progress, trans) : ''}
    </p>
  );
}

/** All layers of a pull together. */
function Total({ job, title }: { job: IJob; title: string }): JSX.Element | null {
  const { trans } = useHost();
  const last = job.stages.at(-1);
  const total = last === undefined ? null : totalOf(last);
  if (last === undefined) {
    return <ProgressBar share={null} label={title} />;
  }
  return total === null ? null : (
    <div className="jo-job-total">
      <ProgressBar share={total.completed / total.total} label={title} />
      <span>{measure(trans, total.completed, total.total, last)}</span>
    </div>
  );
}

function Stages({ job }: { job: IJob }): JSX.Element | null {
  const { trans } = useHost();
  const list = useRef<HTMLOListElement>(null);
  const isMeasured = (job.stages.at(-1)?.progress.total ?? null) !== null;
  useEffect(() => {
    if (list.current !== null) {
      list.current.scrollTop = list.current.scrollHeight; // the last step is what goes on
    }
  }, [job.stages.length, isMeasured]);
  return job.stages.length === 0 ? null : (
    <ol ref={list} className="jo-stages" aria-label={trans.__('Steps')} tabIndex={0}>
      {job.stages.map((stage, index) => (
        <Stage key={stage.key} stage={stage} state={index < job.stages.length - 1 ? 'done' : isGoing(job) ? 'now' : 'ended'} />
      ))}
    </ol>
  );
}

function Stage({ stage, state }: { stage: IStage; state: 'done' | 'now' | 'ended' }): JSX.Element {
  const { trans } = useHost();
  const { completed, total } = stage.progress;
  const text = progressText(stage.progress, trans);
  const isPaced = state === 'now' && totalOf(stage) === null; // else rate and time are over, or those of all layers, and stand there
  const pace = isPaced ? stage : { rate: null, remaining: null };
  return (
    <li data-state={state}>
      <Icon name={state === 'done' ? 'check' : state === 'now' ? 'forward' : 'close'} />
      <div>
        <bdi>{text}</bdi>
        {state === 'now' && total !== null ? <ProgressBar share={shareOf(completed, total)} label={text} /> : null}
        {total === null ? null : <span className="jo-hint">{state === 'done' ? bytes(total) : measure(trans, completed ?? 0, total, pace)}</span>}
      </div>
    </li>
  );
}

/** `12% · 1.2 MB of 10 MB · 3 MB/s · 0:03 left`. */
function measure(trans: ITexts, completed: number, total: number, { rate, remaining }: Pick<IStage, 'rate' | 'remaining'>): string {
  const parts = [percent(total <= 0 ? 1 : Math.min(1, completed / total)), trans.__('%1 of %2', bytes(completed), bytes(total))];
  if (rate !== null) {
    parts.push(trans.__('%1/s', bytes(rate)));
  }
  if (remaining !== null && completed < total) {
    parts.push(trans.__('%1 left', left(remaining * 1000)));
  }
  return parts.join(' · ');
}
