import { beforeEach, expect, test } from 'vitest';
import { begin, NO_SETTINGS, type IConversation } from '../../src/views/chat/conversation';
import { BrowserMemory } from '../../src/views/chat/memory';
import { add, choose, EMPTY, path } from '../../src/views/chat/tree';
import { read, write } from '../../src/views/chat/written';
import { answer, question, reply } from './turns';

const DAY = 86_400_000;
const CALL = { name: 'look', arguments: { where: 'Rome' }, id: '1' };

beforeEach(() => localStorage.clear());

function conversation(id: string, touched = 1000, text = 'q?'): IConversation {
  const turns = [
    question('q', '', text),
    reply('a', 'q', {
      parts: [
        { kind: 'thinking', text: 'Hm', seconds: 2 },
        { kind: 'call', call: CALL, result: 'rain', outcome: 'refused' },
        { kind: 'text', text: 'Yes' }
      ],
      answer: answer('Yes', {
        turns: [
          { role: 'assistant', content: '', thinking: 'Hm', toolCalls: [CALL] },
          { role: 'tool', content: 'rain', toolName: 'look' }
        ]
      })
    }),
    reply('b', 'q', { state: 'failed', answer: null, fault: { kind: 'X', text: 'No', hint: 'Do', facts: {} } })
  ];
  const tree = choose(turns.reduce(add, EMPTY), 'a');
  return { ...begin(id, touched, { ...NO_SETTINGS, model: 'mario:latest', options: { seed: 1 } }), draft: 'half', tree };
}

test('a conversation comes back as it was, branches and all', () => {
  new BrowserMemory('kernel').save(conversation('c'));

  expect(new BrowserMemory('kernel').load()).toEqual([conversation('c')]);
  expect(path(new BrowserMemory('kernel').load()[0]!.tree).map(turn => turn.id)).toEqual(['q', 'a']);
  expect(new BrowserMemory('other').load()).toEqual([]);
});

test('what was on its way is lost', () => {
  const running = { ...conversation('c'), tree: [question('q', ''), reply('a', 'q', { state: 'running', answer: null })].reduce(add, EMPTY) };

  expect(path(read(write(running))!.tree)[1]).toMatchObject({ state: 'lost', parts: [{ kind: 'text', text: 'a!' }] });
});

const GOOD = JSON.parse(write(conversation('c'))) as Record<string, any>;

test.each<[string, unknown]>([
  ['no JSON', '{'],
  ['a list', '[]'],
  ['null', 'null'],
  ['no turns', { ...GOOD, turns: undefined }],
  ['a turn without text', { ...GOOD, turns: [{ role: 'user', id: 'q', parent: '' }] }],
  ['a parent that is not there', { ...GOOD, turns: [{ role: 'user', id: 'q', parent: 'x', text: '' }] }],
  ['a circle', { ...GOOD, turns: [{ role: 'user', id: 'q', parent: 'q', text: '' }] }],
  ['two turns of one id', { ...GOOD, turns: [GOOD['turns'][0], GOOD['turns'][0]] }],
  ['a question below a question', { ...GOOD, turns: [GOOD['turns'][0], { ...GOOD['turns'][0], id: 'r', parent: 'q' }] }],
  ['numbers as texts', { ...GOOD, touched: '1' }],
  ['an unknown part', { ...GOOD, turns: [GOOD['turns'][0], { ...GOOD['turns'][2], parts: [{ kind: 'script' }] }] }],
  ['too many turns', { ...GOOD, turns: Array(6000).fill(GOOD['turns'][0]) }]
])('%s is thrown away', (_, value) => {
  localStorage.setItem('jupyter_ollama:chat:kernel:c', typeof value === 'string' ? value : JSON.stringify(value));

  expect(new BrowserMemory('kernel').load()).toEqual([]);
  expect(localStorage.length).toBe(0);
});

test('a conversation under the key of another is thrown away', () => {
  localStorage.setItem('jupyter_ollama:chat:kernel:d', write(conversation('c')));
  expect(new BrowserMemory('kernel').load()).toEqual([]);
});

test('the oldest go when there is too much, and what is older than a week', () => {
  const now = 30 * DAY;
  const memory = new BrowserMemory('kernel', localStorage, () => now);
  memory.save(conversation('stale', now - 8 * DAY));
  for (let index = 0; index < 8; index++) {
    memory.save(conversation(`c${index}`, now - 1000 + index, 'x'.repeat(400_000)));
  }

  const ids = memory.load().map(one => one.id).sort();
  expect(ids).toEqual(['c4', 'c5', 'c6', 'c7']);
});

test('one that is too long, and one in which nothing was said, is not kept', () => {
  const memory = new BrowserMemory('kernel');
  memory.save(conversation('long', 1, 'x'.repeat(600_000)));
  memory.save(begin('empty', 1, NO_SETTINGS));
  expect(localStorage.length).toBe(0);
});

test('a browser that refuses to keep anything is no reason to fail', () => {
  const refuses = (): never => {
    throw new DOMException('no', 'QuotaExceededError');
  };
  const memory = new BrowserMemory('kernel', { getItem: refuses, setItem: refuses, removeItem: refuses, key: refuses, length: 3 });
  memory.save(conversation('c'));
  memory.remove('c');
  memory.model = 'mario';
  expect(memory.load()).toEqual([]);
  expect(memory.model).toBe('');
});
