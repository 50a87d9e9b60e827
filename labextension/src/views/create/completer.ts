/**
 * What could be typed: the kernel is asked while one types, or when one wants to know; its offer narrows with each letter. No DOM.
 */

import type { ICompletions } from '../../protocol';
import type { IAsked } from './checker';
import { placeOf } from './reading';

export type Item = ICompletions['items'][number];

/** Words for the part of the text from one place to another, where the cursor is. */
export interface IOffer {
  readonly from: number;
  readonly to: number;
  readonly items: readonly Item[];
  readonly active: number;
}

export const PAUSE_MS = 80;
const MOST_ITEMS = 50;

/** An Enter that comes so soon was meant for the text. */
const SETTLED_MS = 75;

export class Completer {
  /** `onOffer` gets each offer, and null when there is none any more. */
  constructor(
    private readonly _onOffer: (offer: IOffer | null) => void,
    private readonly _now: () => number = Date.now
  ) {}

  /** Something was typed, and the cursor is behind it. */
  typed(asked: IAsked, at: number): void {
    const offer = this._offer;
    if (offer !== null && at >= offer.to) {
      const word = asked.modelfile.slice(offer.from, at).toLowerCase();
      const items = offer.items.filter(({ label }) => label.toLowerCase().startsWith(word));
      if (items.length > 0 && !items.some(({ label }) => label.toLowerCase() === word)) {
        this._set({ ...offer, to: at, items, active: 0 });
        return;
      }
    }
    this.close();
    if (/[^\s"]/.test(asked.modelfile[at - 1] ?? '')) { // an empty word is only completed when one asks
      this._timer = setTimeout(() => this.ask(asked, at), PAUSE_MS);
    }
  }

  /** What could stand here? */
  ask(asked: IAsked, at: number): void {
    this.close();
    void this._ask(asked, at, this._version);
  }

  /** No offer, and no answer that is still to come. */
  close(): void {
    this._version += 1;
    clearTimeout(this._timer);
    this._set(null);
  }

  /** The next word, or the one before. */
  move(by: number): void {
    if (this._offer !== null) {
      const { items, active } = this._offer;
      this._set({ ...this._offer, active: (active + by + items.length) % items.length });
    }
  }

  /** Whether the offer has stood there long enough to be meant. */
  get isSettled(): boolean {
    return this._offer !== null && this._now() - this._since >= SETTLED_MS;
  }

  private async _ask({ client, modelfile, folder }: IAsked, at: number, version: number): Promise<void> {
    const { line, column } = placeOf(modelfile, at);
    const args = { modelfile, line, column };
    try {
      const { from, items } = await client.request('complete', folder === '' ? args : { ...args, folder });
      const start = at - column + Math.min(column, Math.max(0, from));
      const said = items.length === 1 && items[0]!.label === modelfile.slice(start, at); // nothing more to say
      if (version === this._version && items.length > 0 && !said) {
        this._since = this._now();
        this._set({ from: start, to: at, items: items.slice(0, MOST_ITEMS), active: 0 });
      }
    } catch {
      return; // the kernel is gone
    }
  }

  private _set(offer: IOffer | null): void {
    if (offer !== this._offer) {
      this._offer = offer;
      this._onOffer(offer);
    }
  }

  private _offer: IOffer | null = null;
  private _since = 0;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _version = 0;
}
