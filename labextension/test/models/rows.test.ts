import { expect, test } from 'vitest';
import { grouped, type ISnapshot } from '../../src/library';
import type { ILoaded, IModel, IRun } from '../../src/protocol';
import { fullName, type IView, type Row, rowsOf } from '../../src/views/models/rows';
import { loaded, model } from '../scripted';

const VIEW: IView = { search: '', order: 'name', folded: new Set() };

function snapshot(models: readonly IModel[], more: { loaded?: readonly ILoaded[]; runs?: readonly IRun[] } = {}): ISnapshot {
  return { ready: true, models: new Map(models.map(one => [one.name, one])), groups: grouped(models), loaded: [], runs: [], ...more };
}

function run(fields: Partial<IRun> = {}): IRun {
  return { run: 1, verb: 'pull', model: 'mario', state: 'running', origin: 'cell', progress: null, failure: '', ...fields };
}

/** Rows as they read: `base` of a group, `  :tag` below it, `base:tag` alone. */
function read(rows: readonly Row[]): string[] {
  return rows.map(row => (row.kind === 'group' ? row.name : row.kind === 'work' ? `(${row.run.model})` : row.alone ? row.tag.model.name : `  :${row.tag.tag}`));
}

const FAMILY = [model('luigi:v10'), model('mario:latest'), model('luigi:v2'), model('luigi:latest')];

test('names with several tags are groups, others stand alone; latest comes first, v2 before v10', () => {
  expect(read(rowsOf(snapshot(FAMILY), VIEW))).toEqual(['luigi', '  :latest', '  :v2', '  :v10', 'mario:latest']);
});

test('a folded group shows its name only, but opens while one searches', () => {
  const folded: IView = { ...VIEW, folded: new Set(['luigi']) };

  expect(read(rowsOf(snapshot(FAMILY), folded))).toEqual(['luigi', 'mario:latest']);
  expect(read(rowsOf(snapshot(FAMILY), { ...folded, search: 'v2' }))).toEqual(['luigi', '  :v2']);
});

test('every word of a search is looked for in name, family, quantization and parameters', () => {
  const models = [model('mario:latest', { family: 'llama', quantization: 'Q8_0' }), model('peach:8b', { family: 'qwen2', quantization: 'Q4_K_M', parameters: '8.0B' })];
  const found = (search: string): string[] => read(rowsOf(snapshot(models), { ...VIEW, search }));

  expect(found('QWEN')).toEqual(['peach:8b']);
  expect(found('q4_k 8.0b')).toEqual(['peach:8b']);
  expect(found('llama q4')).toEqual([]);
  expect(found('  ')).toHaveLength(2);
});

test('groups are ordered by their largest and by their newest tag', () => {
  const models = [
    model('a:1', { size: 1, modified: '2026-01-01T00:00:00Z' }),
    model('a:2', { size: 30, modified: '2026-01-02T00:00:00Z' }),
    model('b:1', { size: 20, modified: '2026-01-03T00:00:00+02:00' }),
    model('c:1', { size: 10, modified: 'not a time' })
  ];

  expect(read(rowsOf(snapshot(models), { ...VIEW, order: 'size' }))).toEqual(['a', '  :2', '  :1', 'b:1', 'c:1']);
  expect(read(rowsOf(snapshot(models), { ...VIEW, order: 'modified' }))).toEqual(['b:1', 'a', '  :2', '  :1', 'c:1']);
});

test('a group counts what its tags share once', () => {
  const models = [model('a:1', { digest: 'x', size: 5 }), model('a:2', { digest: 'x', size: 5 }), model('a:3', { digest: 'y', size: 7 })];

  const [group] = rowsOf(snapshot(models), VIEW);

  expect(group).toMatchObject({ kind: 'group', tags: 3, size: 12 });
});

test('aliases of a model are known to its row', () => {
  const rows = rowsOf(snapshot([model('mario:latest', { digest: 'x' }), model('luigi:latest', { digest: 'x' }), model('peach:latest')]), VIEW);

  expect(rows.map(row => row.kind === 'model' && row.tag.aliases)).toEqual([['mario:latest'], ['luigi:latest'], []]);
});

test('a model knows that it is in memory and what is done with it, however its name was written', () => {
  const state = snapshot([model('Mario:latest')], { loaded: [loaded('mario:latest')], runs: [run({ model: 'mario' }), run({ run: 2, state: 'finished' })] });

  const [row] = rowsOf(state, VIEW);

  expect(row).toMatchObject({ kind: 'model', loaded: { name: 'mario:latest' }, runs: [{ run: 1 }] });
});

test('work on models that are not there yet is above the list', () => {
  const runs = [run({ model: 'qwen3:8b' }), run({ run: 2, model: '', verb: 'prune' }), run({ run: 3, model: 'gone', state: 'failed' })];

  expect(read(rowsOf(snapshot([model('mario:latest')], { runs }), VIEW))).toEqual(['(qwen3:8b)', 'mario:latest']);
});

test('places in the tree are told to those who cannot see them', () => {
  const rows = rowsOf(snapshot(FAMILY), VIEW);

  expect(rows.map(({ place }) => [place.level, place.position, place.of])).toEqual([
    [1, 1, 2],
    [2, 1, 3],
    [2, 2, 3],
    [2, 3, 3],
    [1, 2, 2]
  ]);
});

test('a name without a tag is the same as with latest', () => {
  expect(fullName('Mario')).toBe(fullName('mario:latest'));
  expect(fullName('host:5000/mario')).toBe('host:5000/mario:latest');
});

test('ten thousand models are in order within a moment', () => {
  const models = Array.from({ length: 10_000 }, (_, index) => model(`m${index % 3_000}:t${index}`));

  expect(rowsOf(snapshot(models), VIEW)).toHaveLength(13_000);
});
