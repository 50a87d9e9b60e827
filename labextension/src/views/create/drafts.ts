/**
 * What is being made and was not made yet: kept in the browser's own storage for each kernel, bounded, so that a reload of the page loses
 * nothing. Nobody vouches for what is found there.
 */

export interface IDraft {
  readonly name: string;
  readonly modelfile: string;
  readonly quantize: string;
  readonly folder: string; // where relative paths start; '': the kernel's working directory
}

export const EMPTY: IDraft = { name: '', modelfile: '', quantize: '', folder: '' };

export interface IDrafts {
  load(): IDraft;
  save(draft: IDraft): void;
}

const PREFIX = 'jupyter_ollama:create:';
const MOST_CHARACTERS = 200_000;
const MOST_DRAFTS = 10;
const MOST_NAME = 4_096;

export type Box = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/** Keeps nothing. */
export const NO_DRAFTS: IDrafts = { load: () => EMPTY, save: () => undefined };

/** The draft of one kernel. Does nothing where the browser refuses to keep things. */
export class BrowserDrafts implements IDrafts {
  constructor(
    kernel: string,
    private readonly _box: Box | null = browserBox(),
    private readonly _now: () => number = Date.now
  ) {
    this._key = PREFIX + kernel;
  }

  load(): IDraft {
    return attempt(() => read(this._box?.getItem(this._key) ?? '')) ?? EMPTY;
  }

  save(draft: IDraft): void {
    attempt(() => {
      if (isEmpty(draft) || draft.modelfile.length > MOST_CHARACTERS) {
        this._box?.removeItem(this._key);
      } else {
        this._makeRoom();
        this._box?.setItem(this._key, JSON.stringify({ touched: this._now(), ...draft }));
      }
    });
  }

  /** The oldest go when there are too many with one more. */
  private _makeRoom(): void {
    const box = this._box;
    if (box === null) {
      return;
    }
    const keys = Array.from({ length: box.length }, (_, index) => box.key(index)).filter(key => key?.startsWith(PREFIX) && key !== this._key) as string[];
    const touched = (key: string): number => Number(/^\{"touched":(\d{1,15}),/.exec(box.getItem(key) ?? '')?.[1] ?? 0);
    keys.sort((one, other) => touched(other) - touched(one));
    keys.slice(MOST_DRAFTS - 1).forEach(key => box.removeItem(key));
  }

  private readonly _key: string;
}

export function isEmpty(draft: IDraft): boolean {
  return draft.name === '' && draft.modelfile.trim() === '';
}

/** A draft as it was written; null for anything else. */
function read(text: string): IDraft | null {
  const { name, modelfile, quantize, folder } = JSON.parse(text) as Partial<Record<keyof IDraft, unknown>>;
  const texts = [name, modelfile, quantize, folder];
  if (!texts.every(one => typeof one === 'string' && one.length <= MOST_CHARACTERS) || [name, quantize, folder].some(one => (one as string).length > MOST_NAME)) {
    return null;
  }
  return { name, modelfile, quantize, folder } as IDraft;
}

function attempt<T>(act: () => T): T | null {
  try {
    return act();
  } catch {
    return null; // forbidden, full, or something else stands there
  }
}

function browserBox(): Box | null {
  return attempt(() => globalThis.localStorage);
}
