/**
 * A conversation: its tree, what it is asked with, and what the model is told of it. Values only.
 */

import type { IMessage } from '../../protocol';
import type { Values } from './parameters';
import { EMPTY, path, textOf, type IReply, type ITree, type Turn } from './tree';

/** What the next question is asked with. */
export interface ISettings {
  readonly model: string; // '': nothing was chosen yet
  readonly system: string; // '': the model's own
  readonly think: boolean | string | null; // null: as the model wants it
  readonly options: Values; // that were set by hand
}

export interface IConversation {
  readonly id: string;
  readonly touched: number; // milliseconds since 1970
  readonly settings: ISettings;
  readonly draft: string; // typed and not sent
  readonly tree: ITree;
}

export const NO_SETTINGS: ISettings = { model: '', system: '', think: null, options: {} };

/** A conversation in which nothing was said. */
export function begin(id: string, now: number, settings: ISettings): IConversation {
  return { id, touched: now, settings, draft: '', tree: EMPTY };
}

/** The first words of it, on one line; empty where nothing was said. */
export function titleOf(conversation: IConversation): string {
  const first = path(conversation.tree)[0];
  const line = first?.role === 'user' ? first.text.trim().replace(/\s+/g, ' ') : '';
  const characters = [...line.slice(0, 200)];
  return characters.length > 48 ? `${characters.slice(0, 47).join('')}…` : characters.join('');
}

/** What a model is told of these turns. Answers that came to nothing are left out. */
export function toMessages(turns: readonly Turn[]): IMessage[] {
  return turns.flatMap(turn => (turn.role === 'user' ? [{ role: 'user' as const, content: turn.text }] : said(turn)));
}

function said(reply: IReply): readonly IMessage[] {
  if (reply.answer !== null) {
    const { turns, message } = reply.answer;
    return message.content === '' && !message.toolCalls?.length ? turns : [...turns, message];
  }
  const content = textOf(reply);
  return content === '' ? [] : [{ role: 'assistant', content }];
}
