import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Completer, type IOffer, PAUSE_MS } from '../../src/views/create/completer';
import { type Reply, scripted } from '../scripted';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function completing() {
  const replies = new Map<string, Reply<'complete'>>();
  const { kernel, client } = scripted({ complete: ({ modelfile }, reply) => void replies.set(modelfile, reply) });
  let offer: IOffer | null = null;
  const completer = new Completer(next => (offer = next));
  const type = (modelfile: string, at = modelfile.length): void => completer.typed({ client, modelfile, folder: '' }, at);
  const pause = (): Promise<unknown> => vi.advanceTimersByTimeAsync(PAUSE_MS);
  const answer = async (modelfile: string, from: number, ...labels: string[]): Promise<void> => {
    replies.get(modelfile)!.result({ from, items: labels.map(label => ({ label, detail: [''], info: [''] })) });
    await vi.advanceTimersByTimeAsync(0);
  };
  return { kernel, client, completer, type, pause, answer, labels: () => offer?.items.map(({ label }) => label) ?? null, offer: () => offer };
}

test('the kernel is asked when the typing pauses, and its offer narrows with each letter', async () => {
  const { kernel, type, pause, answer, labels, offer } = completing();
  type('FROM x\nS');
  type('FROM x\nSY');
  await pause();
  expect(kernel.askedOf('complete')).toEqual([{ modelfile: 'FROM x\nSY', line: 1, column: 2 }]);

  await answer('FROM x\nSY', 0, 'SYSTEM', 'Sylvester');
  expect(offer()).toMatchObject({ from: 7, to: 9, active: 0 });
  type('FROM x\nSYs');

  expect(labels()).toEqual(['SYSTEM']);
  expect(kernel.askedOf('complete')).toHaveLength(1);
});

test('a word that stands there is not offered any more', async () => {
  const { type, pause, answer, labels } = completing();
  type('FRO');
  await pause();
  await answer('FRO', 0, 'FROM');

  type('FROM');
  expect(labels()).toBeNull();
  await pause();
  await answer('FROM', 0, 'FROM');

  expect(labels()).toBeNull();
});

test('an answer for an older text offers nothing', async () => {
  const { type, pause, answer, labels } = completing();
  type('F');
  await pause();
  type('F ');

  await answer('F', 0, 'FROM');

  expect(labels()).toBeNull();
});

test('where nothing was begun, one has to ask', async () => {
  const { kernel, client, completer, type, pause, answer, labels } = completing();
  type('PARAMETER ');
  await pause();
  expect(kernel.askedOf('complete')).toEqual([]);

  completer.ask({ client, modelfile: 'PARAMETER ', folder: '/f' }, 10);
  await vi.advanceTimersByTimeAsync(0);
  expect(kernel.askedOf('complete')).toEqual([{ modelfile: 'PARAMETER ', line: 0, column: 10, folder: '/f' }]);
  await answer('PARAMETER ', 10, 'seed', 'stop');

  expect(labels()).toEqual(['seed', 'stop']);
});

test('one moves through an offer in circles, and it goes when it is closed', async () => {
  const { completer, type, pause, answer, offer } = completing();
  type('s');
  await pause();
  await answer('s', 0, 'seed', 'stop');
  expect(completer.isSettled).toBe(false);

  completer.move(-1);
  expect(offer()?.active).toBe(1);
  completer.move(1);
  expect(offer()?.active).toBe(0);
  await vi.advanceTimersByTimeAsync(100);
  expect(completer.isSettled).toBe(true);
  completer.close();

  expect(offer()).toBeNull();
});

test('a kernel that is gone offers nothing', async () => {
  const { kernel, type, pause, labels } = completing();
  type('s');
  await pause();

  kernel.onClose?.();
  await vi.advanceTimersByTimeAsync(0);

  expect(labels()).toBeNull();
});
