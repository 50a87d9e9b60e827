/**
 * Turns and answers for tests.
 */

import type { IAnswer } from '../../src/protocol';
import type { IQuestion, IReply } from '../../src/views/chat/tree';

export function question(id: string, parent: string, text = `${id}?`): IQuestion {
  return { role: 'user', id, parent, text };
}

export function reply(id: string, parent: string, fields: Partial<IReply> = {}): IReply {
  return {
    role: 'assistant',
    id,
    parent,
    asked: { model: 'mario:latest', system: '', think: null, options: {} },
    state: 'finished',
    parts: [{ kind: 'text', text: `${id}!` }],
    answer: answer(`${id}!`),
    fault: null,
    ...fields
  };
}

export function answer(content: string, fields: Partial<IAnswer> = {}): IAnswer {
  return {
    message: { role: 'assistant', content },
    turns: [],
    reason: 'stop',
    digest: 'a'.repeat(64),
    seed: 42,
    options: {},
    leftOut: 0,
    promptTokens: 20,
    cachedTokens: 5,
    tokens: 10,
    seconds: { total: 2, load: 0.5, prompt: 0.25, answer: 1.25 },
    ...fields
  };
}
