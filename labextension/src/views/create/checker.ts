/**
 * Has the kernel look through a text while it is being typed: when the typing pauses, and never with an answer for an older text.
 */

import type { Client, Result } from '../../client';

export type Checked = Result<'check'>;

export interface IAsked {
  readonly client: Pick<Client, 'request' | 'isClosed'>;
  readonly modelfile: string;
  readonly folder: string;
}

export const PAUSE_MS = 300;

/** When the kernel is asked again that could not answer. */
export const AGAIN_MS = 2_000;

/** A longer text is only looked through when a model is made of it. */
export const MOST_CHARACTERS = 200_000;

const NOTHING: Checked = { marks: [], pieces: [] };

export class Checker {
  /** `onChecked` gets what was found in the text that was given last. */
  constructor(private readonly _onChecked: (checked: Checked, modelfile: string) => void) {}

  /** This is the text now. `soon`: nobody is typing, so ask at once. */
  look(asked: IAsked, soon = false): void {
    this.stop();
    this._timer = setTimeout(() => void this._ask(asked, this._version), soon ? 0 : PAUSE_MS);
  }

  /** No answer counts any more. */
  stop(): void {
    this._version += 1;
    clearTimeout(this._timer);
  }

  private async _ask(asked: IAsked, version: number): Promise<void> {
    const { client, modelfile, folder } = asked;
    let checked = NOTHING;
    if (modelfile.trim() !== '' && modelfile.length <= MOST_CHARACTERS) {
      try {
        checked = await client.request('check', folder === '' ? { modelfile } : { modelfile, folder });
      } catch {
        if (version === this._version && !client.isClosed) {
          this._timer = setTimeout(() => void this._ask(asked, version), AGAIN_MS); // too busy: what was found stays meanwhile
        }
        return;
      }
    }
    if (version === this._version) {
      this._onChecked(checked, modelfile);
    }
  }

  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _version = 0;
}
