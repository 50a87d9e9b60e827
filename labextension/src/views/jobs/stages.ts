/**
 * The steps of long work, folded from its events: each once, with how fast it is and how long it will take. No DOM.
 */

import type { IProgress } from '../../protocol';

export interface IStage {
  readonly key: string;
  readonly progress: IProgress; // the last of this step
  readonly rate: number | null; // bytes a second
  readonly remaining: number | null; // seconds
  readonly seen: readonly (readonly [moment: number, completed: number])[];
}

/** All layers of a pull or push together. */
export interface ITotal {
  readonly completed: number;
  readonly total: number;
}

/** So many steps are kept, the last ones; a model of single tensors can have thousands of layers. */
export const MOST_STAGES = 200;

const WINDOW_MS = 5_000;
const LEAST_MS = 500;

/** The steps after one more event. `now` in milliseconds. */
export function fold(stages: readonly IStage[], progress: IProgress, now: number): readonly IStage[] {
  const key = `${progress.step} ${progress.digest} ${progress.status}`;
  const at = stages.findIndex(stage => stage.key === key);
  const seen = seenAfter(at < 0 ? [] : stages[at]!.seen, progress.completed, now);
  const rate = fact(progress, 'rate') ?? rateOf(seen);
  const stage: IStage = { key, progress, rate: rate === 0 ? null : rate, remaining: remainingOf(progress, rate), seen };
  return at < 0 ? [...stages.slice(1 - MOST_STAGES), stage] : stages.map((one, index) => (index === at ? stage : one));
}

/** How far all layers are, if this step tells. */
export function totalOf({ progress }: IStage): ITotal | null {
  const [completed, total] = [fact(progress, 'all_completed'), fact(progress, 'all_total')];
  return completed === null || total === null || total <= 0 ? null : { completed: Math.min(completed, total), total };
}

function seenAfter(seen: IStage['seen'], completed: number | null, now: number): IStage['seen'] {
  if (completed === null || completed < (seen.at(-1)?.[1] ?? 0)) {
    return []; // it begins again
  }
  const recent = seen.filter(([moment]) => now - moment <= WINDOW_MS);
  return [...recent, [now, completed] as const];
}

function rateOf(seen: IStage['seen']): number | null {
  const [first, last] = [seen[0], seen.at(-1)];
  return first === undefined || last === undefined || last[0] - first[0] < LEAST_MS ? null : ((last[1] - first[1]) * 1000) / (last[0] - first[0]);
}

function remainingOf(progress: IProgress, rate: number | null): number | null {
  const told = fact(progress, 'remaining_s');
  if (told !== null || rate === null || rate === 0 || progress.completed === null || progress.total === null) {
    return told;
  }
  return Math.max(0, progress.total - progress.completed) / rate;
}

function fact({ facts }: IProgress, name: string): number | null {
  const value = facts[name];
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}
