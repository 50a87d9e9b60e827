/**
 * What all views of one widget in a page share: the way to the kernel, what it pushes, and the texts. Views come and go; this stays.
 */

import { Client } from '../client';
import type { ITexts } from '../host';
import { Library } from '../library';
import { WidgetChannel } from './channel';
import type { IModel } from './model';
import { catalogueOf, textsOf } from './texts';

export interface ISnapshot {
  readonly client: Client;
  readonly library: Library;
  readonly texts: ITexts;
  /** `silent`: nothing is answered for a while; `gone`: nothing will be. */
  readonly state: 'open' | 'silent' | 'gone';
}

/** What tells that the kernel of a model is gone, in one host or another. */
const ENDS = ['comm:close', 'comm_live_update', 'destroy'];

export class WidgetSession {
  constructor(readonly model: IModel) {
    this._snapshot = this._connect(textsOf({}));
    ENDS.forEach(event => model.on(event, this._onGone));
    addEventListener('pagehide', this._onLeave);
  }

  readonly snapshot = (): ISnapshot => this._snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  };

  /** Something that views share and that outlives them; made when it is first asked for. */
  keep<T>(make: () => T): T {
    this._kept ??= make();
    return this._kept as T;
  }

  /** Try the kernel again. */
  readonly reconnect = (): void => {
    this._channel?.close();
    this._set(this._connect(this._snapshot.texts));
  };

  /** The widget is no more. */
  close(): void {
    ENDS.forEach(event => this.model.off(event, this._onGone));
    removeEventListener('pagehide', this._onLeave);
    this._onLeave();
    this._channel?.close();
    this._listeners.clear();
  }

  private _connect(texts: ITexts): ISnapshot {
    const channel = new WidgetChannel(this.model);
    const client = new Client(channel);
    client.onClosed = () => channel === this._channel && this._set({ ...this._snapshot, state: 'gone' });
    channel.onLeft = this.reconnect;
    channel.onSilent = isSilent => channel === this._channel && !client.isClosed && this._set({ ...this._snapshot, state: isSilent ? 'silent' : 'open' });
    this._channel = channel;
    const library = new Library(client);
    void catalogueOf(client).then(found => found !== null && this._set({ ...this._snapshot, texts: textsOf(found) }));
    return { client, library, texts, state: 'open' };
  }

  private readonly _onGone = (): void => this._channel?.close();

  private readonly _onLeave = (): void => this._snapshot.client.leave();

  private _set(snapshot: ISnapshot): void {
    this._snapshot = snapshot;
    this._listeners.forEach(listener => listener());
  }

  private readonly _listeners = new Set<() => void>();
  private _channel: WidgetChannel | null = null;
  private _kept: unknown;
  private _snapshot: ISnapshot;
}
