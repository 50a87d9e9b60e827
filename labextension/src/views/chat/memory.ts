/**
 * Conversations that survive a reload of the page: in the browser's own storage, under the id of their kernel, bounded. Nothing is said
 * by anybody who can be trusted: what does not look like a conversation is thrown away.
 */

import type { IConversation } from './conversation';
import { read, write } from './written';

export interface IMemory {
  /** The model that was chosen last, whatever the kernel. */
  model: string;
  load(): readonly IConversation[];
  save(conversation: IConversation): void;
  remove(id: string): void;
}

/** Remembers nothing. */
export const NO_MEMORY: IMemory = { model: '', load: () => [], save: () => undefined, remove: () => undefined };

const PREFIX = 'jupyter_ollama:chat:';
const MODEL = 'jupyter_ollama:model';
const MOST_CHARACTERS = 2_000_000; // of all kernels; browsers give about 5 million
const MOST_OF_ONE = 500_000;
const MOST_DAYS = 7;

/** The part of the browser's `Storage` that is used. */
export type Box = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/** What was said with the kernel of this id. Does nothing where the browser refuses to keep things. */
export class BrowserMemory implements IMemory {
  constructor(
    place: string,
    private readonly _box: Box | null = browserBox(),
    private readonly _now: () => number = Date.now
  ) {
    this._prefix = `${PREFIX}${place}:`;
  }

  get model(): string {
    const name = this._try(box => box.getItem(MODEL)) ?? '';
    return name.length <= 400 ? name : '';
  }

  set model(name: string) {
    this._try(box => box.setItem(MODEL, name));
  }

  load(): readonly IConversation[] {
    return this._keys(this._prefix).flatMap(key => {
      const found = read(this._try(box => box.getItem(key)) ?? '');
      if (found === null || this._prefix + found.id !== key) {
        this._try(box => box.removeItem(key));
        return [];
      }
      return [found];
    });
  }

  save(conversation: IConversation): void {
    if (conversation.tree.turns.size === 0 && conversation.draft === '') {
      return;
    }
    const text = write(conversation);
    if (text.length <= MOST_OF_ONE) {
      this._makeRoom(text.length);
      this._try(box => box.setItem(this._prefix + conversation.id, text));
    }
  }

  remove(id: string): void {
    this._try(box => box.removeItem(this._prefix + id));
  }

  /** Remove what is too old, and then the oldest until so many characters more are within the bounds. */
  private _makeRoom(length: number): void {
    const kept = this._keys(PREFIX).map(key => {
      const text = this._try(box => box.getItem(key)) ?? '';
      return { key, length: text.length, touched: Number(/^\{"touched":(\d{1,15}),/.exec(text)?.[1] ?? 0) };
    });
    kept.sort((a, b) => a.touched - b.touched);
    let all = length + kept.reduce((sum, one) => sum + one.length, 0);
    for (const one of kept) {
      if (all > MOST_CHARACTERS || one.touched < this._now() - MOST_DAYS * 86_400_000) {
        this._try(box => box.removeItem(one.key));
        all -= one.length;
      }
    }
  }

  private _keys(prefix: string): string[] {
    const keys = this._try(box => Array.from({ length: box.length }, (_, index) => box.key(index))) ?? [];
    return keys.filter((key): key is string => key?.startsWith(prefix) ?? false);
  }

  /** Browsers throw when storage is forbidden or full: then nothing is kept. */
  private _try<T>(act: (box: Box) => T): T | null {
    try {
      return this._box === null ? null : act(this._box);
    } catch {
      return null;
    }
  }

  private readonly _prefix: string;
}

function browserBox(): Box | null {
  try {
    return globalThis.localStorage;
  } catch {
    return null;
  }
}
