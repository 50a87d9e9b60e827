/**
 * A conversation as a tree: who edits a question or asks again adds a branch beside the old one, and nothing is lost. Values only;
 * every function returns a new tree and shares what did not change.
 */

import type { IAnswer, IFault, IToolCall, IToolResult } from '../../protocol';

/** A piece of an answer, in the order in which it came. */
export type Part =
  | { readonly kind: 'thinking'; readonly text: string; readonly seconds: number | null } // null: nobody measured it
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'call'; readonly call: IToolCall; readonly result: string | null; readonly outcome: IToolResult['outcome'] | null };

export interface IQuestion {
  readonly role: 'user';
  readonly id: string;
  readonly parent: string; // the answer before it, or ROOT
  readonly text: string;
}

/** What a model was asked with: enough to ask the same again. */
export interface IAsked {
  readonly model: string;
  readonly system: string;
  readonly think: boolean | string | null; // null: as the model wants it
  readonly options: Readonly<Record<string, unknown>>; // only those that differ from the model's
}

export interface IReply {
  readonly role: 'assistant';
  readonly id: string;
  readonly parent: string; // the question
  readonly asked: IAsked;
  readonly state: 'running' | 'finished' | 'failed' | 'lost'; // lost: the kernel or the page went away meanwhile
  readonly parts: readonly Part[];
  readonly answer: IAnswer | null; // once it is finished
  readonly fault: IFault | null; // why it failed
}

export type Turn = IQuestion | IReply;

export interface ITree {
  readonly turns: ReadonlyMap<string, Turn>;
  readonly children: ReadonlyMap<string, readonly string[]>; // oldest first
  readonly chosen: ReadonlyMap<string, string>; // the child that is shown
}

/** The parent of first questions. */
export const ROOT = '';

export const EMPTY: ITree = { turns: new Map(), children: new Map(), chosen: new Map() };

/** Add a turn below its parent and show it. */
export function add(tree: ITree, turn: Turn): ITree {
  const siblings = tree.children.get(turn.parent) ?? [];
  return {
    turns: new Map(tree.turns).set(turn.id, turn),
    children: new Map(tree.children).set(turn.parent, [...siblings, turn.id]),
    chosen: new Map(tree.chosen).set(turn.parent, turn.id)
  };
}

/** Put a turn in the place of the one with its id. */
export function replace(tree: ITree, turn: Turn): ITree {
  return tree.turns.has(turn.id) ? { ...tree, turns: new Map(tree.turns).set(turn.id, turn) } : tree;
}

/** Show this turn and what follows it instead of its sibling. */
export function choose(tree: ITree, id: string): ITree {
  const turn = tree.turns.get(id);
  return turn === undefined ? tree : { ...tree, chosen: new Map(tree.chosen).set(turn.parent, id) };
}

/** The turns that are shown, first to last. */
export function path(tree: ITree): Turn[] {
  const shown: Turn[] = [];
  for (let id = tree.chosen.get(ROOT); id !== undefined; id = tree.chosen.get(id)) {
    const turn = tree.turns.get(id);
    if (turn === undefined) {
      break;
    }
    shown.push(turn);
  }
  return shown;
}

/** The turns from the first question down to this one. */
export function pathTo(tree: ITree, id: string): Turn[] {
  const found: Turn[] = [];
  for (let turn = tree.turns.get(id); turn !== undefined; turn = tree.turns.get(turn.parent)) {
    found.unshift(turn);
  }
  return found;
}

/** The turns that stand at one place, and which of them is this one. */
export function siblings(tree: ITree, id: string): { readonly ids: readonly string[]; readonly index: number } {
  const turn = tree.turns.get(id);
  const ids = turn === undefined ? [] : (tree.children.get(turn.parent) ?? []);
  return { ids, index: ids.indexOf(id) };
}

/** What an answer says, without thoughts and calls. */
export function textOf(reply: IReply): string {
  return reply.parts.map(part => (part.kind === 'text' ? part.text : '')).join('');
}
