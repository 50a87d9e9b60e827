/**
 * Work of one verb (create, pull) that a view looks after: what it began itself, and what others began in this kernel. A job stays until
 * it is put away, so that nobody misses how it ended.
 */

import { asFault, type Client } from '../../client';
import type { IFault, IProgress, IRun } from '../../protocol';
import { fullName, isAtWork } from '../models/rows';
import { fold, type IStage } from './stages';

export interface IMade {
  readonly name: string;
}

export interface IJob {
  readonly id: number;
  readonly name: string; // as it was asked for
  readonly origin: IRun['origin'];
  readonly state: 'running' | 'stopping' | 'finished' | 'cancelled' | 'failed';
  readonly stages: readonly IStage[];
  readonly fault: IFault | null;
  readonly made: string; // the name of the model that came of it
}

/** What begins a job: gets who wants to hear of its progress. */
export type Begin = (onEvent: (event: IProgress, anew: boolean) => void) => { readonly result: Promise<unknown>; cancel(): void };

/** Endings that are kept. */
const MOST_ENDED = 20;

export class Jobs {
  constructor(
    private readonly _verb: IRun['verb'],
    private readonly _now: () => number = Date.now
  ) {}

  readonly snapshot = (): readonly IJob[] => this._jobs;

  readonly subscribe = (listener: () => void): (() => void) => {
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  };

  /** Begin work on the model of that name; an earlier ending of the same is put away. Resolves when it has ended. */
  async begin(name: string, begin: Begin, origin: IRun['origin'] = 'panel'): Promise<IJob> {
    const id = ++this._lastId;
    const same = (job: IJob): boolean => fullName(job.name) === fullName(name) && !isGoing(job);
    const kept = this._jobs.filter(job => !same(job));
    this._set([...kept.slice(-MOST_ENDED), { id, name, origin, state: 'running', stages: [], fault: null, made: '' }]);
    const work = begin((event, anew) => {
      this._change(id, job => ({ ...job, stages: fold(anew ? [] : job.stages, event, this._now()) }));
    });
    this._cancels.set(id, () => work.cancel());
    try {
      const made = nameOf(await work.result) ?? name;
      return this._end(id, { state: 'finished', made });
    } catch (error) {
      const fault = asFault(error);
      return this._end(id, fault.kind === 'Cancelled' ? { state: 'cancelled' } : { state: 'failed', fault });
    }
  }

  /** Follow what others began: runs of this verb that go on. Called with every list of runs. */
  adopt(client: Client, runs: readonly IRun[]): void {
    for (const run of runs) {
      if (run.verb !== this._verb || !isAtWork(run) || this._seen.has(run.run)) {
        continue;
      }
      this._seen.add(run.run);
      if (run.origin === 'panel' && this._ours.delete(fullName(run.model))) {
        continue;
      }
      void this.begin(run.model, onEvent => this._follow(client, run.run, onEvent), run.origin);
    }
  }

  /** Begin work of our own: its run is not adopted when the kernel tells of it. */
  start(name: string, begin: Begin): Promise<IJob> {
    const full = fullName(name);
    this._ours.add(full);
    const work = this.begin(name, begin);
    void work.then(() => setTimeout(() => this._ours.delete(full), FORGET_MS)); // its run was never told of
    return work;
  }

  cancel(id: number): void {
    this._change(id, job => (job.state === 'running' ? { ...job, state: 'stopping' } : job));
    this._cancels.get(id)?.();
  }

  /** Put an ending away. */
  dismiss(id: number): void {
    this._set(this._jobs.filter(job => job.id !== id || isGoing(job)));
  }

  /** Another kernel, or the same started again: its runs count anew. */
  forget(): void {
    this._seen.clear();
    this._ours.clear();
  }

  private _follow(client: Client, run: number, onEvent: (event: IProgress, anew: boolean) => void): ReturnType<Begin> {
    const { result } = client.stream('follow', { run }, (event, anew) => event.type === 'progress' && onEvent(event, anew));
    return { result, cancel: () => void client.request('cancel', { run }).catch(() => undefined) };
  }

  private _end(id: number, how: Partial<IJob>): IJob {
    this._cancels.delete(id);
    this._change(id, job => ({ ...job, ...how }));
    return this._jobs.find(job => job.id === id)!;
  }

  private _change(id: number, change: (job: IJob) => IJob): void {
    this._set(this._jobs.map(job => (job.id === id ? change(job) : job)));
  }

  private _set(jobs: readonly IJob[]): void {
    this._jobs = jobs;
    for (const listener of this._listeners) {
      listener();
    }
  }

  private readonly _listeners = new Set<() => void>();
  private readonly _cancels = new Map<number, () => void>();
  private readonly _seen = new Set<number>(); // runs that were told of
  private readonly _ours = new Set<string>(); // names of work that this view began and the kernel did not tell of yet
  private _jobs: readonly IJob[] = [];
  private _lastId = 0;
}

const FORGET_MS = 2_000;

export function isGoing(job: IJob): boolean {
  return job.state === 'running' || job.state === 'stopping';
}

/** The name of what was made, if the result tells. */
function nameOf(result: unknown): string | null {
  const name = (result as IMade | null)?.name;
  return typeof name === 'string' && name !== '' ? name : null;
}
