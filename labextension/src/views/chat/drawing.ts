/**
 * Drawing Markdown without holding the page up: one block a task, newest first, and never twice at once into one element.
 */

import type { IHost } from '../../host';

type Job = () => void;

/** The page has one main thread, so there is one queue. */
const waiting: Job[] = [];
let scheduled = false;

function schedule(job: Job): void {
  waiting.push(job);
  if (!scheduled) {
    scheduled = true;
    setTimeout(next);
  }
}

function next(): void {
  const job = waiting.pop();
  scheduled = waiting.length > 0;
  if (scheduled) {
    setTimeout(next);
  }
  job?.();
}

/** One element and the text that belongs into it. */
export class Drawing {
  constructor(
    private readonly _element: HTMLElement,
    private readonly _render: IHost['renderMarkdown']
  ) {}

  /** Have this text drawn soon; of several that come meanwhile, the last. */
  draw(text: string): void {
    this._wanted = text;
    if (!this._isBusy) {
      this._isBusy = true;
      schedule(() => void this._draw());
    }
  }

  /** Nothing more will be drawn. */
  end(): void {
    this._wanted = null;
  }

  private async _draw(): Promise<void> {
    const text = this._wanted;
    if (text !== null && text !== this._drawn) {
      try {
        await this._render(text, this._element);
      } catch {
        this._element.textContent = text; // better than nothing
      }
      this._drawn = text;
    }
    this._isBusy = false;
    if (this._wanted !== null && this._wanted !== this._drawn) {
      this.draw(this._wanted);
    }
  }

  private _wanted: string | null = null;
  private _drawn: string | null = null;
  private _isBusy = false;
}
