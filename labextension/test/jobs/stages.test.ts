import { expect, test } from 'vitest';
import type { IProgress } from '../../src/protocol';
import { fold, type IStage, MOST_STAGES, totalOf } from '../../src/views/jobs/stages';

function step(fields: Partial<IProgress> = {}): IProgress {
  return { type: 'progress', step: 'converting', status: 'converting model', digest: '', completed: null, total: null, facts: { what: 'model' }, ...fields };
}

function folded(...events: readonly (readonly [now: number, event: IProgress])[]): readonly IStage[] {
  return events.reduce<readonly IStage[]>((stages, [now, event]) => fold(stages, event, now), []);
}

test('a step that goes on takes the place of itself, another one comes after it', () => {
  const stages = folded([0, step()], [1, step({ completed: 5, total: 10 })], [2, step({ step: 'quantizing', status: 'quantizing' })]);

  expect(stages.map(({ progress }) => [progress.step, progress.completed])).toEqual([['converting', 5], ['quantizing', null]]);
});

test('how fast it is and how long it takes comes of what was seen in the last seconds', () => {
  const at = (now: number, completed: number): [number, IProgress] => [now, step({ completed, total: 10_000 })];
  expect(folded(at(0, 0), at(100, 1_000))[0]).toMatchObject({ rate: null, remaining: null });

  expect(folded(at(0, 0), at(1_000, 1_000), at(2_000, 4_000))[0]).toMatchObject({ rate: 2_000, remaining: 3 });
  expect(folded(at(0, 0), at(10_000, 1_000), at(11_000, 1_100))[0]).toMatchObject({ rate: 100 });
});

test('what the kernel tells of speed and time counts first', () => {
  const facts = { all_completed: 30, all_total: 100, rate: 7, remaining_s: 10 };
  const [stage] = folded([0, step({ completed: 1, total: 2, facts })]);

  expect(stage).toMatchObject({ rate: 7, remaining: 10 });
  expect(totalOf(stage!)).toEqual({ completed: 30, total: 100 });
});

test('facts that are none are left aside', () => {
  const [stage] = folded([0, step({ facts: { all_completed: 'x', all_total: -1, rate: NaN, remaining_s: Infinity } })]);

  expect(stage).toMatchObject({ rate: null, remaining: null });
  expect(totalOf(stage!)).toBeNull();
});

test('of thousands of steps the last ones are kept', () => {
  const stages = folded(...Array.from({ length: 1_000 }, (_, index) => [index, step({ digest: `sha256:${index}` })] as const));

  expect(stages).toHaveLength(MOST_STAGES);
  expect(stages.at(-1)?.progress.digest).toBe('sha256:999');
});
