import { beforeEach, expect, test, vi } from 'vitest';
import type { IChunk } from '../../src/protocol';
import { Chats } from '../../src/views/chat/chats';
import { BrowserMemory } from '../../src/views/chat/memory';
import { path, ROOT, type IAsked, type IReply } from '../../src/views/chat/tree';
import { scripted, type Reply } from '../scripted';
import { answer } from './turns';

const ASKED: IAsked = { model: 'mario:latest', system: '', think: null, options: {} };

beforeEach(() => localStorage.clear());

function chunk(content: string): IChunk {
  return { type: 'chunk', content, thinking: '', toolCalls: [] };
}

/** Conversations with a kernel whose answers are given by hand. */
function talk(memory = new BrowserMemory('k')) {
  const replies: Reply<'chat'>[] = [];
  const { client, kernel } = scripted({ chat: (_, reply) => void replies.push(reply) });
  const chats = new Chats(memory);
  const ask = async (text: string, asked = ASKED): Promise<Reply<'chat'>> => {
    const turns = path(chats.snapshot.current.tree);
    chats.ask(client, text, asked, turns.at(-1)?.id ?? ROOT);
    await settled();
    return replies.at(-1)!;
  };
  const last = (): IReply => path(chats.snapshot.current.tree).at(-1) as IReply;
  return { client, kernel, chats, ask, last, replies };
}

async function settled(): Promise<void> {
  await new Promise(resolve => setTimeout(resolve));
}

test('an answer streams, ends and is told to the model with the next question', async () => {
  const { chats, ask, last, kernel } = talk();
  const first = await ask('Who are you?');
  first.event(chunk('I am '));
  first.event(chunk('Mario.'));
  expect(chats.live(last().id)!.parts).toEqual([{ kind: 'text', text: 'I am Mario.' }]);
  expect(chats.running).toBe(last().id);

  first.result(answer('I am Mario.'));
  await settled();
  expect(chats.running).toBeNull();
  expect(last()).toMatchObject({ state: 'finished', parts: [{ kind: 'text', text: 'I am Mario.' }] });

  await ask('Really?', { ...ASKED, system: 'Lie.', think: false, options: { seed: 1 } });
  expect(kernel.askedOf('chat')).toEqual([
    { model: 'mario:latest', options: {}, messages: [{ role: 'user', content: 'Who are you?' }] },
    {
      model: 'mario:latest',
      options: { seed: 1 },
      think: false,
      system: 'Lie.',
      messages: [{ role: 'user', content: 'Who are you?' }, { role: 'assistant', content: 'I am Mario.' }, { role: 'user', content: 'Really?' }]
    }
  ]);
});

test('stopping asks the kernel once, frees the composer at once, and keeps what the kernel says of the answer', async () => {
  const { chats, ask, last, kernel } = talk();
  const reply = await ask('Count.');
  reply.event(chunk('1 2'));
  chats.stop(last().id);
  chats.stop(last().id);
  expect(chats.running).toBeNull();
  expect(chats.stopping(last().id)).toBe(true);
  await settled();
  expect(kernel.askedOf('cancel')).toEqual([{ of: reply.id }]);

  reply.result(answer('1 2', { reason: 'cancelled' }));
  await settled();
  expect(last()).toMatchObject({ state: 'finished', answer: { reason: 'cancelled' } });
});

test('an answer that was stopped before its first word is no failure', async () => {
  const { chats, ask, last } = talk();
  const reply = await ask('Count.');
  chats.stop(last().id);
  reply.error('Cancelled', 'Cancelled.');
  await settled();
  expect(last()).toMatchObject({ state: 'finished', answer: null, fault: null });
});

test('an error is a turn with its hint, and asking again adds a version', async () => {
  const { chats, client, ask, last } = talk();
  (await ask('Hi')).error('ModelNotFound', 'No model "mario".', 'Pull it.');
  await settled();
  expect(last()).toMatchObject({ state: 'failed', fault: { text: 'No model "mario".', hint: 'Pull it.' } });

  const failed = last().id;
  chats.again(client, failed, ASKED);
  expect(last().id).not.toBe(failed);
  chats.choose(failed);
  expect(last().id).toBe(failed);
});

test('when the kernel goes away the words that came stay', async () => {
  const { ask, last, kernel } = talk();
  (await ask('Count.')).event(chunk('1 2'));
  kernel.onClose?.();
  await settled();
  expect(last()).toMatchObject({ state: 'lost', parts: [{ kind: 'text', text: '1 2' }], fault: { kind: 'Closed' } });
});

test('editing a question keeps what was typed below and the old branch', async () => {
  const { chats, client, ask } = talk();
  (await ask('One')).result(answer('1'));
  await settled();
  (await ask('Two')).result(answer('2'));
  await settled();
  chats.keepDraft('half');
  const [first] = path(chats.snapshot.current.tree);
  chats.edit(client, first!.id, 'Uno', ASKED);

  expect(path(chats.snapshot.current.tree)[0]).toMatchObject({ text: 'Uno' });
  expect(chats.snapshot.current.draft).toBe('half');
  chats.choose(first!.id);
  expect(path(chats.snapshot.current.tree)).toHaveLength(4);
});

test('who edits a question while its answer comes waits for that answer no more', async () => {
  const { chats, client, ask, kernel, last } = talk();
  const reply = await ask('One');
  const [first] = path(chats.snapshot.current.tree);
  chats.edit(client, first!.id, 'Uno', ASKED);
  await settled();

  expect(kernel.askedOf('cancel')).toEqual([{ of: reply.id }]);
  expect(chats.running).toBe(last().id);
});

test('an answer goes on in its conversation while another one is open', async () => {
  const { chats, ask, last } = talk();
  const reply = await ask('One');
  const [before, id] = [chats.snapshot.current.id, last().id];
  chats.open(null);
  expect(chats.running).toBeNull();
  reply.result(answer('1'));
  await settled();
  expect(chats.snapshot.current.tree.turns.size).toBe(0);
  chats.open(before);
  expect(last()).toMatchObject({ id, state: 'finished' });
});

test('an empty conversation is used again, with the settings of the one before', async () => {
  const { chats, ask } = talk();
  chats.configure({ model: 'luigi:latest' });
  (await ask('One')).result(answer('1'));
  await settled();
  chats.open(null);
  chats.open(null);
  expect(chats.snapshot.all).toHaveLength(2);
  expect(chats.snapshot.current.settings.model).toBe('luigi:latest');
});

test('a deleted conversation is stopped and forgotten', async () => {
  const { chats, ask, kernel } = talk();
  await ask('One');
  const { id } = chats.snapshot.current;
  chats.flush();
  chats.remove(id);
  await settled();
  expect(kernel.askedOf('cancel')).toHaveLength(1);
  expect(chats.snapshot.all.map(one => one.id)).not.toContain(id);
  chats.flush();
  expect(new Chats(new BrowserMemory('k')).snapshot.current.tree.turns.size).toBe(0);
});

test('after a reload of the page all is there, the answer on its way as lost', async () => {
  const { chats, ask } = talk();
  (await ask('One')).result(answer('1'));
  await settled();
  (await ask('Two')).event(chunk('half'));
  chats.configure({ model: 'luigi:latest' });
  chats.flush();

  const after = new Chats(new BrowserMemory('k')).snapshot.current;
  expect(path(after.tree).map(turn => (turn.role === 'user' ? turn.text : turn.state))).toEqual(['One', 'finished', 'Two', 'lost']);
  expect(after.settings.model).toBe('luigi:latest');
  expect(new Chats(new BrowserMemory('another')).snapshot.current.settings.model).toBe('luigi:latest');
});

test('no more than fifty conversations are kept, the one used longest ago goes first', async () => {
  let now = 0;
  const { client } = scripted({ chat: () => undefined });
  const chats = new Chats(new BrowserMemory('k'), () => ++now);
  for (let index = 0; index < 60; index++) {
    chats.ask(client, `${index}`, ASKED, ROOT);
    chats.open(null);
  }
  expect(chats.snapshot.all).toHaveLength(50);
  expect(chats.snapshot.all.map(one => path(one.tree)[0]).map(turn => turn?.role === 'user' && turn.text)).not.toContain('0');
});

test('changes are written down by and by', () => {
  vi.useFakeTimers();
  try {
    const chats = new Chats(new BrowserMemory('k'));
    chats.keepDraft('half');
    expect(new BrowserMemory('k').load()).toHaveLength(0);
    vi.advanceTimersByTime(1500);
    expect(new BrowserMemory('k').load()).toMatchObject([{ draft: 'half' }]);
  } finally {
    vi.useRealTimers();
  }
});
