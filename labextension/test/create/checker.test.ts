import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { IMark } from '../../src/protocol';
import { AGAIN_MS, Checker, MOST_CHARACTERS, PAUSE_MS } from '../../src/views/create/checker';
import { type Reply, scripted } from '../scripted';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const mark = (text: string): IMark => ({ line: 0, column: 0, endLine: 0, endColumn: 1, severity: 'error', text, words: [text] });

function asking() {
  const replies = new Map<string, Reply<'check'>>();
  const { kernel, client } = scripted({ check: ({ modelfile }, reply) => void replies.set(modelfile, reply) });
  const found: string[] = [];
  const checker = new Checker(({ marks }, modelfile) => found.push(`${modelfile}: ${marks.map(one => one.text).join()}`));
  const look = (modelfile: string): void => checker.look({ client, modelfile, folder: '' });
  return { kernel, replies, found, look, checker };
}

test('the kernel is asked when the typing pauses, not for every letter', async () => {
  const { kernel, look } = asking();
  for (const text of ['F', 'FR', 'FRO', 'FROM']) {
    look(text);
    await vi.advanceTimersByTimeAsync(PAUSE_MS - 50);
  }
  expect(kernel.askedOf('check')).toEqual([]);

  await vi.advanceTimersByTimeAsync(50);

  expect(kernel.askedOf('check')).toEqual([{ modelfile: 'FROM' }]);
});

test('an answer for an older text is never taken for the newer one', async () => {
  const { replies, found, look } = asking();
  look('old');
  await vi.advanceTimersByTimeAsync(PAUSE_MS);
  look('new');
  replies.get('old')!.result({ marks: [mark('late')], pieces: [] });
  await vi.advanceTimersByTimeAsync(PAUSE_MS);
  expect(found).toEqual([]);

  replies.get('new')!.result({ marks: [mark('now')], pieces: [] });
  await vi.advanceTimersByTimeAsync(0);

  expect(found).toEqual(['new: now']);
});

test('an empty text is right, and one that is too long is not sent', async () => {
  const { kernel, found, look } = asking();

  look(' \n');
  await vi.advanceTimersByTimeAsync(PAUSE_MS);
  look('x'.repeat(MOST_CHARACTERS + 1));
  await vi.advanceTimersByTimeAsync(PAUSE_MS);

  expect(found).toHaveLength(2);
  expect(kernel.askedOf('check')).toEqual([]);
});

test('a kernel that cannot answer leaves what was found', async () => {
  const { replies, found, look } = asking();
  look('FROM x');
  await vi.advanceTimersByTimeAsync(PAUSE_MS);

  replies.get('FROM x')!.error('Closed', 'gone');
  await vi.advanceTimersByTimeAsync(0);

  expect(found).toEqual([]);
});

test('a kernel that is too busy to answer is asked again, unless the text has changed', async () => {
  const { kernel, replies, found, look } = asking();
  look('FROM x');
  await vi.advanceTimersByTimeAsync(PAUSE_MS);
  replies.get('FROM x')!.error('BadRequest', 'too much is waiting');
  await vi.advanceTimersByTimeAsync(AGAIN_MS);
  replies.get('FROM x')!.result({ marks: [mark('now')], pieces: [] });
  await vi.advanceTimersByTimeAsync(0);
  expect(found).toEqual(['FROM x: now']);

  look('FROM y');
  await vi.advanceTimersByTimeAsync(PAUSE_MS);
  look('FROM z');
  replies.get('FROM y')!.error('BadRequest', 'too much is waiting');
  await vi.advanceTimersByTimeAsync(AGAIN_MS);
  expect(kernel.askedOf('check').map(({ modelfile }) => modelfile)).toEqual(['FROM x', 'FROM x', 'FROM y', 'FROM z']);
});
