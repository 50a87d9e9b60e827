import { expect, test, vi } from 'vitest';
import { Client } from '../src/client';
import { grouped, Library, splitName } from '../src/library';
import { loaded, model, scripted, ScriptedKernel } from './scripted';

const names = (library: Library): string[] => [...library.snapshot().models.keys()];

test('a whole list replaces, a change adds and removes', () => {
  const { kernel, library } = scripted({}, [model('a:latest'), model('b:latest')]);

  kernel.push({ topic: 'models', whole: false, changed: [model('c:latest'), model('a:latest', { size: 5 })], removed: ['b:latest'], more: false });

  expect(names(library)).toEqual(['a:latest', 'c:latest']);
  expect(library.snapshot().models.get('a:latest')?.size).toBe(5);
  kernel.push({ topic: 'models', whole: true, changed: [], removed: [], more: false });
  expect(names(library)).toEqual([]);
});

test('a list that comes in parts is shown from the first on, and ready with the last', () => {
  const kernel = new ScriptedKernel({});
  const library = new Library(new Client(kernel));

  kernel.push({ topic: 'models', whole: true, changed: [model('a:latest')], removed: [], more: true });
  expect([names(library), library.snapshot().ready]).toEqual([['a:latest'], false]);
  kernel.push({ topic: 'models', whole: false, changed: [model('b:latest')], removed: [], more: false });
  expect([names(library), library.snapshot().ready]).toEqual([['a:latest', 'b:latest'], true]);
  kernel.push({ topic: 'models', whole: false, changed: [model('c:latest')], removed: [], more: true });
  expect(library.snapshot().ready).toBe(true);
});

test('each push makes a new snapshot, and between pushes it is the same', () => {
  const { kernel, library } = scripted();
  const before = library.snapshot();
  const listener = vi.fn();
  const stop = library.subscribe(listener);
  expect(library.snapshot()).toBe(before);

  kernel.push({ topic: 'loaded', loaded: [loaded('a:latest')] });
  stop();
  kernel.push({ topic: 'loaded', loaded: [] });

  expect(listener).toHaveBeenCalledTimes(1);
  expect(before.loaded).toEqual([]);
});

test('a topic of a later version changes nothing', () => {
  const { kernel, library } = scripted({}, [model('a:latest')]);

  kernel.push({ topic: 'weather' } as never);

  expect(names(library)).toEqual(['a:latest']);
});

test('it asks for all topics once', () => {
  const { kernel } = scripted();

  expect(kernel.askedOf('watch')).toEqual([{ topics: ['models', 'loaded', 'runs'] }]);
});

test.each([
  ['mario', 'mario', 'latest'],
  ['mario:8b', 'mario', '8b'],
  ['localhost:5000/library/mario', 'localhost:5000/library/mario', 'latest'],
  ['localhost:5000/library/mario:8b', 'localhost:5000/library/mario', '8b']
])('%s is %s with tag %s', (full, name, tag) => {
  expect(splitName(full)).toEqual([name, tag]);
});

test('tags of one name are together, newest first, names by alphabet', () => {
  const groups = grouped([
    model('b:old', { modified: '2026-01-01T00:00:00Z' }),
    model('b:new', { modified: '2026-02-01T00:00:00Z' }),
    model('a:latest')
  ]);

  expect(groups.map(({ name, tags }) => [name, ...tags.map(({ tag }) => tag)])).toEqual([
    ['a', 'latest'],
    ['b', 'new', 'old']
  ]);
});

test('names with one digest are aliases of each other', () => {
  const [group] = grouped([model('a:latest', { digest: 'd' }), model('a:8b', { digest: 'd' }), model('a:1b', { digest: 'e' })]);

  expect(Object.fromEntries(group!.tags.map(({ tag, aliases }) => [tag, aliases]))).toEqual({
    latest: ['a:8b'],
    '8b': ['a:latest'],
    '1b': []
  });
});
