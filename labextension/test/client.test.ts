import { expect, test } from 'vitest';
import { Client, Fault } from '../src/client';
import type { IChunk } from '../src/protocol';
import { ScriptedKernel, hello } from './scripted';

const chunk = (content: string): IChunk => ({ type: 'chunk', content, thinking: '', toolCalls: [] });

function chatting(): { kernel: ScriptedKernel; client: Client; id: number; heard: string[]; result: Promise<unknown>; cancel: () => void } {
  const kernel = new ScriptedKernel({ chat: () => undefined });
  const client = new Client(kernel);
  const heard: string[] = [];
  const { id, result, cancel } = client.stream('chat', { model: 'mario', messages: [], options: {} }, (event, anew) => {
    if (anew) {
      heard.length = 0;
    }
    heard.push(event.type === 'chunk' ? event.content : event.type);
  });
  result.catch(() => undefined);
  return { kernel, client, id, heard, result, cancel };
}

test('a request gets its own answer, in whatever order they come', async () => {
  const kernel = new ScriptedKernel({ recipe: () => undefined });
  const client = new Client(kernel);
  const first = client.request('recipe', { source: 'a' });
  const second = client.request('recipe', { source: 'b' });

  kernel.emit({ kind: 'result', id: 2, result: { modelfile: 'FROM b' } }, { kind: 'result', id: 1, result: { modelfile: 'FROM a' } });

  expect(await first).toEqual({ modelfile: 'FROM a' });
  expect(await second).toEqual({ modelfile: 'FROM b' });
});

test('an error of the kernel is a Fault with its hint and facts', async () => {
  const client = new Client(new ScriptedKernel({ open: (_, reply) => reply.error('ModelNotFound', 'No model "x".', 'Pull it.', { name: 'x' }) }));

  const fault = await client.request('open', { name: 'x' }).catch((error: unknown) => error);

  expect(fault).toBeInstanceOf(Fault);
  expect(fault).toMatchObject({ kind: 'ModelNotFound', text: 'No model "x".', hint: 'Pull it.', facts: { name: 'x' } });
});

test('events come in order before the result', async () => {
  const { kernel, id, heard, result } = chatting();

  kernel.emit({ kind: 'event', id, event: chunk('Hel') }, { kind: 'event', id, event: chunk('lo') });
  kernel.emit({ kind: 'result', id, result: 'answer' });

  expect(await result).toBe('answer');
  expect(heard).toEqual(['Hel', 'lo']);
});

test('after a gap the kernel is asked once for the state, and no event is taken before it', async () => {
  const { kernel, id, heard } = chatting();
  kernel.emit({ kind: 'event', id, event: chunk('a') });
  kernel.seq += 1;
  kernel.emit({ kind: 'event', id, event: chunk('c') });
  kernel.emit({ kind: 'event', id, event: chunk('d') });
  expect(heard).toEqual(['a']);
  expect(kernel.askedOf('resync')).toHaveLength(1);

  kernel.emit({ kind: 'state', id, events: [chunk('abcd')] });
  kernel.emit({ kind: 'event', id, event: chunk('e') });

  expect(heard).toEqual(['abcd', 'e']);
});

test('a request whose end was in what is missing ends when the kernel tells it again', async () => {
  const { kernel, id, heard, result } = chatting();
  kernel.seq += 1;
  kernel.emit();
  expect(kernel.askedOf('resync')).toEqual([{ open: [id] }]);

  kernel.emit({ kind: 'state', id, events: [chunk('all')] }, { kind: 'result', id, result: 'answer' });

  expect(await result).toBe('answer');
  expect(heard).toEqual(['all']);
});

test('a batch that comes twice counts once', () => {
  const { kernel, id, heard } = chatting();
  kernel.emit({ kind: 'event', id, event: chunk('a') });

  kernel.onBatch?.({ seq: kernel.seq, items: [{ kind: 'event', id, event: chunk('a') }] });

  expect(heard).toEqual(['a']);
  expect(kernel.askedOf('resync')).toHaveLength(0);
});

test('cancel names the request, and only while it is open', async () => {
  const { kernel, id, cancel } = chatting();
  cancel();
  expect(kernel.askedOf('cancel')).toEqual([{ of: id }]);

  kernel.emit({ kind: 'result', id, result: 'part' });
  cancel();

  expect(kernel.askedOf('cancel')).toHaveLength(1);
});

test('when the kernel is gone every open and every later request ends with a Fault', async () => {
  const { kernel, client, result } = chatting();

  kernel.onClose?.();

  await expect(result).rejects.toMatchObject({ kind: 'Closed' });
  await expect(client.request('options', {})).rejects.toMatchObject({ kind: 'Closed' });
});

test('an error without a request is told to whoever listens for strays', () => {
  const kernel = new ScriptedKernel();
  const client = new Client(kernel);
  const strays: string[] = [];
  client.onStray = fault => strays.push(fault.kind);

  kernel.emit({ kind: 'error', id: null, error: { kind: 'BadMessage', text: 'No verb.', hint: '', facts: {} } });

  expect(strays).toEqual(['BadMessage']);
});

test('items of a later version are passed over', () => {
  const kernel = new ScriptedKernel();
  const client = new Client(kernel);

  kernel.emit({ kind: 'weather' } as never, { kind: 'hello', hello: hello() });

  expect(client.hello).toEqual(hello());
});
