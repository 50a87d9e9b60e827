import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { IChunk } from '../../src/protocol';
import { finished, LiveAnswer, pace } from '../../src/views/chat/answer';
import { answer } from './turns';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => vi.useRealTimers());

function chunk(fields: Partial<IChunk>): IChunk {
  return { type: 'chunk', content: '', thinking: '', toolCalls: [], ...fields };
}

const CALL = { name: 'look', arguments: { where: 'Rome' }, id: '1' };

test('pieces come in their order, and thoughts know how long they took', () => {
  const live = new LiveAnswer();
  live.take(chunk({ thinking: 'Who ' }));
  vi.advanceTimersByTime(2000);
  live.take(chunk({ thinking: 'asks?' }));
  live.take(chunk({ content: 'I ' }));
  live.take(chunk({ content: 'am.', toolCalls: [CALL] }));
  live.take({ type: 'tool', call: CALL, result: 'rain', outcome: 'done' });

  expect(live.parts).toEqual([
    { kind: 'thinking', text: 'Who asks?', seconds: 2 },
    { kind: 'text', text: 'I am.' },
    { kind: 'call', call: CALL, result: 'rain', outcome: 'done' }
  ]);
});

test('listeners are told ten times a second and of everything', () => {
  const live = new LiveAnswer();
  const seen: string[] = [];
  live.subscribe(() => seen.push(live.shown.parts.map(part => (part.kind === 'text' ? part.text : '')).join('')));
  for (let token = 0; token < 200; token++) {
    live.take(chunk({ content: `${token} ` }));
    vi.advanceTimersByTime(5);
  }
  vi.advanceTimersByTime(200);

  expect(seen.length).toBeLessThanOrEqual(12);
  expect(seen.at(-1)).toContain('199 ');
});

test('the pace grows with the text', () => {
  expect([pace(0), pace(8000), pace(80_000)]).toEqual([100, 100, 1000]);
});

test('events that come anew replace what came', () => {
  const live = new LiveAnswer();
  live.take(chunk({ content: 'I a' }));
  live.take(chunk({ content: 'I am ' }), true);
  live.take(chunk({ content: 'Mario.' }));

  expect(live.parts).toEqual([{ kind: 'text', text: 'I am Mario.' }]);
});

test('a step is shown until the first word', () => {
  const live = new LiveAnswer();
  live.take({ type: 'progress', step: 'loading', status: 'loading mario', digest: '', completed: null, total: null, facts: {} });
  vi.advanceTimersByTime(100);
  expect(live.shown.progress?.step).toBe('loading');
  live.take(chunk({ content: 'I' }));
  vi.advanceTimersByTime(200);
  expect(live.shown.progress).toBeNull();
});

test('a finished answer is what the kernel says, with what only the stream knew', () => {
  const told = answer('Done.', {
    message: { role: 'assistant', content: 'Done.', thinking: 'Hm, hm.' },
    turns: [
      { role: 'assistant', content: '', thinking: 'Hm', toolCalls: [CALL, { ...CALL, id: '2' }] },
      { role: 'tool', content: 'rain', toolName: 'look' },
      { role: 'tool', content: 'no', toolName: 'look' }
    ]
  });
  const live = [
    { kind: 'thinking', text: 'H', seconds: 3 },
    { kind: 'call', call: CALL, result: 'rain', outcome: 'done' },
    { kind: 'call', call: CALL, result: null, outcome: 'refused' }
  ] as const;

  expect(finished(told, live)).toEqual([
    { kind: 'thinking', text: 'Hm', seconds: 3 },
    { kind: 'call', call: CALL, result: 'rain', outcome: 'done' },
    { kind: 'call', call: { ...CALL, id: '2' }, result: 'no', outcome: 'refused' },
    { kind: 'thinking', text: 'Hm, hm.', seconds: null },
    { kind: 'text', text: 'Done.' }
  ]);
});
