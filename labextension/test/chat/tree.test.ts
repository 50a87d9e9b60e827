import { expect, test } from 'vitest';
import { begin, NO_SETTINGS, titleOf, toMessages } from '../../src/views/chat/conversation';
import { add, choose, EMPTY, path, pathTo, siblings, type IReply, type ITree } from '../../src/views/chat/tree';
import { answer, question, reply } from './turns';

function grown(): ITree {
  return [question('q1', ''), reply('a1', 'q1'), question('q2', 'a1'), reply('a2', 'q2')].reduce(add, EMPTY);
}

function ids(tree: ITree): string[] {
  return path(tree).map(turn => turn.id);
}

test('a question that is edited stands beside the old one, and what followed the old one is kept', () => {
  const edited = [question('q1b', ''), reply('a1b', 'q1b')].reduce(add, grown());

  expect(ids(edited)).toEqual(['q1b', 'a1b']);
  expect(siblings(edited, 'q1b')).toEqual({ ids: ['q1', 'q1b'], index: 1 });
  expect(ids(choose(edited, 'q1'))).toEqual(['q1', 'a1', 'q2', 'a2']);
});

test('an answer had again stands beside the old one, and the branch below each is found again', () => {
  const again = add(grown(), reply('a1b', 'q1'));

  expect(ids(again)).toEqual(['q1', 'a1b']);
  expect(ids(choose(again, 'a1'))).toEqual(['q1', 'a1', 'q2', 'a2']);
  expect(pathTo(again, 'a2').map(turn => turn.id)).toEqual(['q1', 'a1', 'q2', 'a2']);
});

test('a tree is not changed by what is added to it', () => {
  const before = grown();
  add(before, question('q3', 'a2'));
  expect(ids(before)).toEqual(['q1', 'a1', 'q2', 'a2']);
});

test('the model is told of answers with their calls, and not of those that came to nothing', () => {
  const called: IReply = {
    ...reply('a1', 'q1'),
    answer: answer('It rains.', {
      turns: [
        { role: 'assistant', content: '', toolCalls: [{ name: 'look', arguments: {}, id: '1' }] },
        { role: 'tool', content: 'rain', toolName: 'look' }
      ]
    })
  };
  const failed: IReply = { ...reply('a2', 'q2'), state: 'failed', parts: [], answer: null };
  const partial: IReply = { ...reply('a3', 'q3'), state: 'lost', parts: [{ kind: 'text', text: 'Half' }], answer: null };

  const roles = toMessages([question('q1', ''), called, question('q2', 'a1'), failed, question('q3', 'a2'), partial]);

  expect(roles.map(message => `${message.role}:${message.content}`)).toEqual([
    'user:q1?', 'assistant:', 'tool:rain', 'assistant:It rains.', 'user:q2?', 'user:q3?', 'assistant:Half'
  ]);
});

test('the title is the first question on one line, cut between characters', () => {
  const of = (text: string): string => titleOf({ ...begin('c', 0, NO_SETTINGS), tree: add(EMPTY, { ...question('q', ''), text }) });

  expect(of('  Who\n are  you? ')).toBe('Who are you?');
  expect(of('😀'.repeat(60))).toBe(`${'😀'.repeat(47)}…`);
  expect(titleOf(begin('c', 0, NO_SETTINGS))).toBe('');
});
