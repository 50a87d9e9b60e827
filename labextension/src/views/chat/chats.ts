/**
 * The conversations with one kernel: asks, stops, branches, and remembers. No DOM; views read `snapshot` and listen.
 */

import { asFault, type Client } from '../../client';
import type { IAnswer, IFault } from '../../protocol';
import { finished, LiveAnswer } from './answer';
import { begin, NO_SETTINGS, toMessages, type IConversation, type ISettings } from './conversation';
import { NO_MEMORY, type IMemory } from './memory';
import { add, choose, pathTo, replace, ROOT, type IAsked, type IReply, type ITree } from './tree';

export interface IChats {
  readonly current: IConversation;
  readonly all: readonly IConversation[]; // newest first
}

/** An answer on its way. */
interface IRunning {
  readonly conversation: string;
  readonly reply: IReply;
  readonly live: LiveAnswer;
  readonly cancel: () => void;
  stopping: boolean;
}

/** How many conversations are kept; the ones that were not used for the longest time go. */
const MOST = 50;

export class Chats {
  constructor(
    private readonly _memory: IMemory = NO_MEMORY,
    private readonly _now: () => number = Date.now
  ) {
    const all = [..._memory.load()].sort((a, b) => b.touched - a.touched);
    const current = all[0] ?? begin(this._newId(), this._now(), { ...NO_SETTINGS, model: _memory.model });
    this._snapshot = { current, all: all.length === 0 ? [current] : all };
  }

  get snapshot(): IChats {
    return this._snapshot;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  };

  /** The answer as it comes; undefined when it does not come any more. */
  live(reply: string): LiveAnswer | undefined {
    return this._running.get(reply)?.live;
  }

  /** Whether the user asked for it to stop and it did not yet. */
  stopping(reply: string): boolean {
    return this._running.get(reply)?.stopping ?? false;
  }

  /** The answer of the current conversation that is on its way, or null. */
  get running(): string | null {
    const found = [...this._running.values()].find(one => one.conversation === this._snapshot.current.id && !one.stopping);
    return found?.reply.id ?? null;
  }

  /** Begin a conversation with the settings of the current one. One that is empty is used again. */
  open(id: string | null): void {
    const { all, current } = this._snapshot;
    const found = id === null ? all.find(one => one.tree.turns.size === 0) : all.find(one => one.id === id);
    const next = found ?? begin(this._newId(), this._now(), current.settings);
    this._set(id === null && found !== undefined ? { ...found, settings: current.settings } : next, true);
  }

  /** Forget a conversation. */
  remove(id: string): void {
    this._running.forEach((one, reply) => one.conversation === id && this.stop(reply));
    this._memory.remove(id);
    const all = this._snapshot.all.filter(one => one.id !== id);
    const { current } = this._snapshot;
    this._snapshot = { all, current };
    if (current.id === id) {
      this._set(all[0] ?? begin(this._newId(), this._now(), current.settings), true);
    } else {
      this._tell();
    }
  }

  /** Change what the next question is asked with. */
  configure(change: Partial<ISettings>): void {
    const { current } = this._snapshot;
    this._set({ ...current, settings: { ...current.settings, ...change } });
    if (change.model) {
      this._memory.model = change.model;
    }
  }

  /** Keep what is typed and not sent. */
  keepDraft(draft: string): void {
    if (draft !== this._snapshot.current.draft) {
      this._set({ ...this._snapshot.current, draft });
    }
  }

  /** Ask at the end of what is shown. */
  ask(client: Client, text: string, asked: IAsked, parent: string): void {
    const question = { role: 'user' as const, id: this._newId(), parent, text };
    const { current } = this._snapshot;
    this._set({ ...current, draft: '', tree: add(current.tree, question) });
    this._answer(client, question.id, asked);
  }

  /** Ask something else in the place of a question; the old one stays as a branch. */
  edit(client: Client, question: string, text: string, asked: IAsked): void {
    const { draft, tree } = this._snapshot.current;
    this.ask(client, text, asked, tree.turns.get(question)?.parent ?? ROOT);
    this.keepDraft(draft);
  }

  /** Let the model answer again; the old answer stays as a branch. */
  again(client: Client, reply: string, asked: IAsked): void {
    const turn = this._snapshot.current.tree.turns.get(reply);
    if (turn?.role === 'assistant') {
      this._answer(client, turn.parent, asked);
    }
  }

  /** Show another branch. */
  choose(id: string): void {
    const { current } = this._snapshot;
    this._set({ ...current, tree: choose(current.tree, id) });
  }

  /** Ask for an answer to end; it keeps what it has. */
  stop(reply: string): void {
    const running = this._running.get(reply);
    if (running !== undefined && !running.stopping) {
      running.stopping = true;
      running.cancel();
      this._tell();
    }
  }

  stopAll(): void {
    [...this._running.keys()].forEach(reply => this.stop(reply));
  }

  /** Write down what changed, now: the page is about to go. */
  flush(): void {
    if (this._timer !== null) {
      clearTimeout(this._timer);
      this._timer = null;
    }
    this._running.forEach(one => this._unsaved.add(one.conversation));
    for (const conversation of this._snapshot.all) {
      if (this._unsaved.has(conversation.id)) {
        this._memory.save({ ...conversation, tree: this._asLost(conversation) });
      }
    }
    this._unsaved.clear();
  }

  private _answer(client: Client, question: string, asked: IAsked): void {
    if (this.running !== null) {
      this.stop(this.running); // who asks otherwise does not wait for it
    }
    const { current } = this._snapshot;
    const reply: IReply = {
      role: 'assistant', id: this._newId(), parent: question, asked, state: 'running', parts: [], answer: null, fault: null
    };
    const live = new LiveAnswer();
    const { model, options, think, system } = asked;
    const stream = client.stream(
      'chat',
      {
        model,
        options,
        messages: toMessages(pathTo(current.tree, question)),
        ...(think === null ? {} : { think }),
        ...(system === '' ? {} : { system })
      },
      (event, anew) => live.take(event, anew)
    );
    this._running.set(reply.id, { conversation: current.id, reply, live, cancel: () => stream.cancel(), stopping: false });
    this._set({ ...current, tree: add(current.tree, reply) });
    stream.result.then(
      answer => this._end(reply, answer, null),
      (error: unknown) => this._end(reply, null, factsOf(asFault(error)))
    );
  }

  private _end(reply: IReply, answer: IAnswer | null, fault: IFault | null): void {
    const running = this._running.get(reply.id);
    if (running === undefined) {
      return;
    }
    running.live.end();
    this._running.delete(reply.id);
    const live = running.live.parts;
    const cancelled = running.stopping && fault?.kind === 'Cancelled';
    const gone = fault?.kind === 'Closed' || fault?.kind === 'Lost';
    const state = answer !== null || cancelled ? 'finished' : gone ? 'lost' : 'failed';
    const parts = answer === null ? live : finished(answer, live);
    const conversation = this._snapshot.all.find(one => one.id === running.conversation);
    if (conversation !== undefined) {
      const ended: IReply = { ...reply, state, parts, answer, fault: state === 'finished' ? null : fault };
      this._set({ ...conversation, tree: replace(conversation.tree, ended) });
    }
  }

  /** The tree as it is to be found again: what is on its way will not arrive. */
  private _asLost(conversation: IConversation): ITree {
    let tree = conversation.tree;
    this._running.forEach(one => {
      if (one.conversation === conversation.id) {
        tree = replace(tree, { ...one.reply, state: 'lost', parts: one.live.parts });
      }
    });
    return tree;
  }

  /** Put a conversation in its place, in front when it is the current one or becomes it. */
  private _set(changed: IConversation, makeCurrent = false): void {
    const { current, all } = this._snapshot;
    const touched = { ...changed, touched: this._now() };
    const known = all.some(one => one.id === changed.id);
    const next = known ? all.map(one => (one.id === changed.id ? touched : one)) : [touched, ...all];
    this._snapshot = { all: this._few(next, touched.id), current: makeCurrent || current.id === changed.id ? touched : current };
    this._unsaved.add(changed.id);
    this._timer ??= setTimeout(() => {
      this._timer = null;
      this.flush();
    }, SAVE_AFTER);
    this._tell();
  }

  private _few(all: readonly IConversation[], kept: string): readonly IConversation[] {
    if (all.length <= MOST) {
      return all;
    }
    const oldest = all.reduce((a, b) => (b.id !== kept && b.touched < a.touched ? b : a));
    this._memory.remove(oldest.id);
    return all.filter(one => one !== oldest);
  }

  private _tell(): void {
    this._snapshot = { ...this._snapshot }; // listeners compare
    this._listeners.forEach(listener => listener());
  }

  private _newId(): string {
    return `${this._now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;
  }

  private _snapshot: IChats;
  private _timer: ReturnType<typeof setTimeout> | null = null;
  private readonly _unsaved = new Set<string>();
  private readonly _running = new Map<string, IRunning>();
  private readonly _listeners = new Set<() => void>();
}

/** Milliseconds from a change to its being written down. */
const SAVE_AFTER = 1000;

/** The fault as a plain value, which can be written down. */
function factsOf({ kind, text, hint, facts }: IFault): IFault {
  return { kind, text, hint, facts };
}
