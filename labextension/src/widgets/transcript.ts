/**
 * The conversation of a widget, and its traits: what was said is told when a turn is over; what Python sets takes its place.
 */

import type { IMessage } from '../protocol';
import { Chats } from '../views/chat/chats';
import { begin, type IConversation, type ISettings, toMessages } from '../views/chat/conversation';
import { type IMemory, NO_MEMORY } from '../views/chat/memory';
import { add, EMPTY, type IAsked, type ITree, type Part, path, ROOT } from '../views/chat/tree';
import { type IModel, put, textOf } from './model';

export class Transcript {
  constructor(private readonly _model: IModel) {
    this._chats = this._begin();
    ['messages', 'model', 'system', 'options', 'think'].forEach(name => _model.on(`change:${name}`, this._onTrait));
  }

  get chats(): Chats {
    return this._chats;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  };

  private _begin(): Chats {
    const settings = this._settings;
    const tree = treeOf(this._messages, { ...settings, think: settings.think });
    const conversation: IConversation = { ...begin('widget', Date.now(), settings), tree };
    const chats = new Chats(remembering(conversation));
    this._tree = chats.snapshot.current.tree;
    this._told = canonical(this._messages);
    chats.subscribe(() => chats === this._chats && this._tell());
    return chats;
  }

  /** Tell what was said and what is asked with. Not while an answer comes: that would be told again with each token. */
  private _tell(): void {
    const { current } = this._chats.snapshot;
    put(this._model, 'model', current.settings.model);
    put(this._model, 'system', current.settings.system);
    put(this._model, 'options', current.settings.options);
    put(this._model, 'think', current.settings.think);
    const turns = path(current.tree);
    if (current.tree !== this._tree && !turns.some(turn => turn.role === 'assistant' && turn.state === 'running')) {
      this._tree = current.tree;
      const messages = toMessages(turns);
      this._told = canonical(messages);
      put(this._model, 'messages', messages);
    }
  }

  private readonly _onTrait = (): void => {
    if (canonical(this._messages) === this._told) {
      const settings = this._settings;
      if (!same(settings, this._chats.snapshot.current.settings)) {
        this._chats.configure(settings);
      }
      return;
    }
    this._chats.stopAll();
    this._chats = this._begin();
    this._listeners.forEach(listener => listener());
  };

  private get _messages(): readonly IMessage[] {
    const messages = this._model.get('messages');
    return Array.isArray(messages) ? (messages as IMessage[]) : [];
  }

  private get _settings(): ISettings {
    const think = this._model.get('think');
    return {
      model: textOf(this._model, 'model'),
      system: textOf(this._model, 'system'),
      think: typeof think === 'boolean' || typeof think === 'string' ? think : null,
      options: (this._model.get('options') ?? {}) as ISettings['options']
    };
  }

  private readonly _listeners = new Set<() => void>();
  private _chats: Chats;
  private _tree: ITree = EMPTY; // as it was when it was told last
  private _told = ''; // the messages, as both sides have them
}

/** The kernel keeps the conversation: nothing is written in the browser. */
function remembering(conversation: IConversation): IMemory {
  return { ...NO_MEMORY, load: () => [conversation] };
}

/** A conversation of one branch. Where two turns of one side follow each other, an empty one stands between them. */
export function treeOf(messages: readonly IMessage[], asked: IAsked): ITree {
  let tree = EMPTY;
  let last: { readonly id: string; readonly role: 'user' | 'assistant' } = { id: ROOT, role: 'assistant' };
  const turn = (role: 'user' | 'assistant', text: string, parts: readonly Part[]): void => {
    const id = `said-${tree.turns.size}`;
    const parent = last.id;
    tree = add(tree, role === 'user' ? { role, id, parent, text } : { role, id, parent, asked, state: 'finished', parts, answer: null, fault: null });
    last = { id, role };
  };
  for (const message of messages) {
    if (message.role === 'user' || message.role === 'assistant') {
      if (message.role === last.role) {
        turn(last.role === 'user' ? 'assistant' : 'user', '', []);
      }
      turn(message.role, message.content, partsOf(message));
    }
  }
  return tree;
}

function partsOf(message: IMessage): readonly Part[] {
  const thinking: Part[] = message.thinking ? [{ kind: 'thinking', text: message.thinking, seconds: null }] : [];
  const calls = (message.toolCalls ?? []).map(call => ({ kind: 'call' as const, call, result: null, outcome: null }));
  return [...thinking, ...(message.content === '' ? [] : [{ kind: 'text' as const, text: message.content }]), ...calls];
}

/** Messages as a text that is the same for the same messages, whoever wrote them. */
function canonical(messages: readonly IMessage[]): string {
  return JSON.stringify(messages.map(({ role, content, thinking = '', toolCalls = [], toolName = '' }) => [role, content, thinking, toolCalls, toolName]));
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
