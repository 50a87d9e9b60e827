/**
 * A client of the kernel over one channel: requests with their answers, streams of events, and what the kernel pushes.
 *
 * When batches are missing, the events that follow would have a hole: they are left out until the kernel has told again how far each open
 * request is. On a channel that closed, every open request ends with a `Fault`; a new channel needs a new client.
 */

import type { IChannel } from './channel';
import type { IBatch, IEvent, IFault, IHello, Item, Push, Verb, Verbs } from './protocol';

/** What a verb takes, what it answers, and what it reports before. */
export type Args<V extends Verb> = Verbs[V]['args'];
export type Result<V extends Verb> = Verbs[V]['result'];
export type Events<V extends Verb> = Verbs[V]['event'];

/** An error that the kernel reports, or the end of the way to it (kind `Closed`). */
export class Fault extends Error implements IFault {
  readonly kind: string;
  readonly hint: string;
  readonly words: IFault['words'];
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(fault: IFault) {
    super(fault.text);
    this.name = 'Fault';
    this.kind = fault.kind;
    this.hint = fault.hint;
    this.words = fault.words;
    this.facts = fault.facts;
  }

  get text(): string {
    return this.message;
  }
}

/** Anything that was thrown, as a `Fault`. */
export function asFault(error: unknown): Fault {
  return error instanceof Fault ? error : new Fault({ kind: 'Error', text: String(error), hint: '', facts: {} });
}

/** Long work: its result, and a way to stop it. A work that was stopped may still have a result (a part of an answer). */
export interface IStream<V extends Verb> {
  readonly id: number;
  readonly result: Promise<Result<V>>;
  cancel(): void;
}

/** Called with each event; `anew` is true when all that came before no longer counts and this is the first event again. */
export type EventListener<V extends Verb> = (event: Events<V>, anew: boolean) => void;

interface IOpen {
  readonly resolve: (result: unknown) => void;
  readonly reject: (fault: Fault) => void;
  readonly onEvent: ((event: never, anew: boolean) => void) | null;
  inStep: boolean; // false from a gap until its state came
}

export class Client {
  constructor(private readonly _channel: IChannel) {
    _channel.onBatch = batch => this._onBatch(batch);
    _channel.onClose = () => this.close();
  }

  /** What the kernel said first; null before. */
  hello: IHello | null = null;

  /** Called with what the kernel says first. */
  onHello: ((hello: IHello) => void) | null = null;

  /** Called once when the way to the kernel has ended. */
  onClosed: (() => void) | null = null;

  /** Whether the way to the kernel has ended. */
  get isClosed(): boolean {
    return this._isClosed;
  }

  /** Ask, and wait for the answer. Rejects with a `Fault`. */
  request<V extends Verb>(verb: V, args: Args<V>): Promise<Result<V>> {
    return this.stream(verb, args).result;
  }

  /** Ask for work that reports events. */
  stream<V extends Verb>(verb: V, args: Args<V>, onEvent: EventListener<V> | null = null): IStream<V> {
    const id = ++this._lastId;
    const result = new Promise<Result<V>>((resolve, reject) => {
      if (this._isClosed) {
        reject(closed());
        return;
      }
      this._open.set(id, { resolve: resolve as (result: unknown) => void, reject, onEvent, inStep: true });
      this._channel.send({ id, verb, args });
    });
    return { id, result, cancel: () => this._cancel(id) };
  }

  /** Be told what the kernel pushes; returns how to stop that. */
  onPush(listener: (push: Push) => void): () => void {
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  }

  /** Called with errors that belong to no request: messages that could not be read. */
  onStray: ((fault: Fault) => void) | null = null;

  /** Have the kernel tell how far each open request is; until then, no event of theirs is taken. */
  resync(): Promise<null> {
    const open = [...this._open.keys()];
    for (const request of this._open.values()) {
      request.inStep = false;
    }
    return this.request('resync', { open });
  }

  /** Tell the kernel that this page goes away; the last that is sent. */
  leave(): void {
    if (!this._isClosed) {
      this._channel.send({ id: ++this._lastId, verb: 'leave', args: {} });
    }
  }

  /** End every open request. Work in the kernel goes on. */
  close(): void {
    if (this._isClosed) {
      return;
    }
    this._isClosed = true;
    const open = [...this._open.values()];
    this._open.clear();
    this._listeners.clear();
    for (const request of open) {
      request.reject(closed());
    }
    this.onClosed?.();
  }

  private _cancel(id: number): void {
    if (this._open.has(id)) {
      this.request('cancel', { of: id }).catch(() => undefined); // it ended meanwhile, or the kernel did
    }
  }

  private _onBatch(batch: IBatch): void {
    if (this._isClosed || batch.seq <= this._seq) {
      return; // the same once more
    }
    const gap = batch.seq !== this._seq + 1;
    this._seq = batch.seq;
    if (gap) {
      this.resync().catch(() => undefined); // the kernel is gone: nothing is waited for any more
    }
    for (const item of batch.items) {
      this._onItem(item);
    }
  }

  private _onItem(item: Item): void {
    switch (item.kind) {
      case 'hello':
        this.hello = item.hello;
        this.onHello?.(item.hello);
        return;
      case 'event':
        this._onEvents(item.id, [item.event], false);
        return;
      case 'state':
        this._onEvents(item.id, item.events, true);
        return;
      case 'result':
        this._take(item.id)?.resolve(item.result);
        return;
      case 'error':
        this._onError(item.id, new Fault(item.error));
        return;
      case 'push':
        for (const listener of this._listeners) {
          listener(item.push);
        }
    }
  }

  private _onEvents(id: number, events: readonly IEvent[], anew: boolean): void {
    const open = this._open.get(id);
    if (open === undefined || !(open.inStep || anew)) {
      return;
    }
    open.inStep = true;
    events.forEach((event, index) => open.onEvent?.(event as never, anew && index === 0));
  }

  private _onError(id: number | null, fault: Fault): void {
    if (id === null) {
      this.onStray?.(fault);
    } else {
      this._take(id)?.reject(fault);
    }
  }

  private _take(id: number): IOpen | undefined {
    const open = this._open.get(id);
    this._open.delete(id);
    return open;
  }

  private readonly _open = new Map<number, IOpen>();
  private readonly _listeners = new Set<(push: Push) => void>();
  private _lastId = 0;
  private _seq = 0;
  private _isClosed = false;
}

function closed(): Fault {
  return new Fault({ kind: 'Closed', text: 'The kernel was restarted or stopped before it answered.', hint: '', facts: {} });
}
