/**
 * A conversation as text and back. Reading believes nothing: every field is checked, everything is counted.
 */

import type { IAnswer, IFault, IMessage, IToolCall } from '../../protocol';
import { finished } from './answer';
import type { IConversation } from './conversation';
import { add, choose, EMPTY, ROOT, type IAsked, type ITree, type Part, type Turn } from './tree';

type Fields = Readonly<Record<string, unknown>>;

const MOST_TURNS = 5_000;

/** JSON, with `touched` first. */
export function write(conversation: IConversation): string {
  const { touched, id, settings, draft, tree } = conversation;
  const turns = [...tree.turns.values()].map(turn =>
    turn.role === 'user' || turn.answer === null ? turn : { ...turn, parts: turn.parts.map(without) }
  );
  return JSON.stringify({ touched, id, settings, draft, turns, chosen: [...tree.chosen.values()] });
}

/** The part without what the kernel's account of the answer says anyway. */
function without(part: Part): Part {
  return part.kind === 'call' ? { ...part, call: { ...part.call, arguments: {} } } : { ...part, text: '' };
}

/** The conversation, or null when the text is none. */
export function read(text: string): IConversation | null {
  try {
    return asConversation(JSON.parse(text));
  } catch {
    return null; // not JSON, or not what it should be
  }
}

function asConversation(value: unknown): IConversation {
  const { touched, id, settings, draft, turns, chosen } = fields(value);
  let tree = list(turns, MOST_TURNS).map(asTurn).reduce(added, EMPTY);
  for (const one of list(chosen, MOST_TURNS)) {
    tree = choose(tree, string(one));
  }
  return { id: string(id), touched: number(touched), settings: asAsked(settings), draft: string(draft), tree };
}

/** Parents stand before their children, so there are no circles; questions follow answers, and answers questions. */
function added(tree: ITree, turn: Turn): ITree {
  const parent = tree.turns.get(turn.parent);
  const fits = turn.role === 'user' ? turn.parent === ROOT || parent?.role === 'assistant' : parent?.role === 'user';
  check(fits && turn.id !== ROOT && !tree.turns.has(turn.id));
  return add(tree, turn);
}

function asTurn(value: unknown): Turn {
  const { role, id, parent, text, asked, state, parts, answer, fault } = fields(value);
  if (role === 'user') {
    return { role, id: string(id), parent: string(parent), text: string(text) };
  }
  check(role === 'assistant');
  const known = state === 'finished' || state === 'failed' ? state : 'lost';
  const told = answer === null ? null : asAnswer(answer);
  const live = list(parts, MOST_TURNS).map(asPart);
  return {
    role: 'assistant',
    id: string(id),
    parent: string(parent),
    asked: asAsked(asked),
    state: known,
    parts: told === null ? live : finished(told, live),
    answer: told,
    fault: fault === null ? null : asFault(fault)
  };
}

function asPart(value: unknown): Part {
  const { kind, text, seconds, call, result, outcome } = fields(value);
  switch (kind) {
    case 'thinking':
      return { kind, text: string(text), seconds: seconds === null ? null : number(seconds) };
    case 'text':
      return { kind, text: string(text) };
    default: {
      check(kind === 'call');
      const known = outcome === 'done' || outcome === 'refused' || outcome === 'failed' || outcome === 'late' ? outcome : null;
      return { kind: 'call', call: asCall(call), result: result === null ? null : string(result), outcome: known };
    }
  }
}

function asAnswer(value: unknown): IAnswer {
  const { message, turns, reason, digest, seed, options, leftOut, promptTokens, cachedTokens, tokens, seconds } = fields(value);
  const { total, load, prompt, answer } = fields(seconds);
  return {
    message: asMessage(message),
    turns: list(turns, MOST_TURNS).map(asMessage),
    reason: string(reason),
    digest: string(digest),
    seed: number(seed),
    options: fields(options),
    leftOut: number(leftOut),
    promptTokens: number(promptTokens),
    cachedTokens: number(cachedTokens),
    tokens: number(tokens),
    seconds: { total: number(total), load: number(load), prompt: number(prompt), answer: number(answer) }
  };
}

function asMessage(value: unknown): IMessage {
  const { role, content, thinking, toolCalls, toolName } = fields(value);
  if (role !== 'system' && role !== 'user' && role !== 'assistant' && role !== 'tool') {
    throw new TypeError('no role');
  }
  return {
    role,
    content: string(content),
    ...(thinking === undefined ? {} : { thinking: string(thinking) }),
    ...(toolCalls === undefined ? {} : { toolCalls: list(toolCalls, MOST_TURNS).map(asCall) }),
    ...(toolName === undefined ? {} : { toolName: string(toolName) })
  };
}

function asCall(value: unknown): IToolCall {
  const { name, arguments: given, id } = fields(value);
  return { name: string(name), arguments: fields(given), id: string(id) };
}

function asFault(value: unknown): IFault {
  const { kind, text, hint, facts } = fields(value);
  return { kind: string(kind), text: string(text), hint: string(hint), facts: fields(facts) };
}

function asAsked(value: unknown): IAsked {
  const { model, system, think, options } = fields(value);
  return { model: string(model), system: string(system), think: asThink(think), options: fields(options) };
}

function asThink(value: unknown): boolean | string | null {
  return value === null || typeof value === 'boolean' ? value : string(value);
}

function fields(value: unknown): Fields {
  check(typeof value === 'object' && value !== null && !Array.isArray(value));
  return value as Fields;
}

function list(value: unknown, most: number): readonly unknown[] {
  check(Array.isArray(value) && value.length <= most);
  return value as unknown[];
}

function string(value: unknown): string {
  check(typeof value === 'string');
  return value as string;
}

function number(value: unknown): number {
  check(typeof value === 'number');
  return value as number;
}

function check(holds: boolean): void {
  if (!holds) {
    throw new TypeError('not a conversation');
  }
}
