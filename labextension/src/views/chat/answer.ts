/**
 * An answer while it comes: takes events, keeps the parts, tells listeners at a pace that drawing can follow. Once finished, the kernel's
 * own account of the answer rules; what only the stream knew (seconds of thinking, what became of a call) is kept.
 */

import type { IAnswer, IEvent, IMessage, IProgress } from '../../protocol';
import type { Part } from './tree';

/** Milliseconds between two drawings of a text whose last block has this many characters. */
export function pace(length: number): number {
  return 100 * Math.max(1, length / 8000);
}

/** What there is of an answer so far. */
export interface IPartial {
  readonly parts: readonly Part[];
  readonly progress: IProgress | null; // what happens before the first token, such as loading
}

const NOTHING: IPartial = { parts: [], progress: null };

export class LiveAnswer {
  constructor(private readonly _now: () => number = () => performance.now()) {}

  /** What there was when listeners were told last; the same object until they are told again. */
  get shown(): IPartial {
    return this._shown;
  }

  /** Everything that has come. */
  get parts(): readonly Part[] {
    return this._parts.map(part => (part.kind === 'thinking' && part.seconds === null ? { ...part, seconds: this._thought() } : part));
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  };

  /** One event more; `anew`: some were lost on the way, and this is the first of all of them. */
  take(event: IEvent, anew = false): void {
    if (anew) {
      this._parts = [];
      this._progress = null;
    }
    switch (event.type) {
      case 'chunk':
        this._append('thinking', event.thinking);
        this._append('text', event.content);
        for (const call of event.toolCalls) {
          this._close();
          this._parts.push({ kind: 'call', call, result: null, outcome: null });
        }
        break;
      case 'tool':
        this._answerCall(event.call.id, event.call.name, event.result, event.outcome);
        break;
      case 'progress':
        this._progress = event;
        break;
    }
    this._publishSoon();
  }

  /** No more will come: stop the clock and the timer. */
  end(): void {
    this._close();
    if (this._timer !== null) {
      clearTimeout(this._timer);
      this._timer = null;
    }
  }

  private _append(kind: 'thinking' | 'text', text: string): void {
    if (text === '') {
      return;
    }
    this._progress = null;
    const last = this._parts.at(-1);
    if (last?.kind === kind) {
      this._parts[this._parts.length - 1] = { ...last, text: last.text + text };
      return;
    }
    this._close();
    if (kind === 'thinking') {
      this._thinkingSince = this._now();
      this._parts.push({ kind, text, seconds: null });
    } else {
      this._parts.push({ kind, text });
    }
  }

  /** The thinking that went on until now is over. */
  private _close(): void {
    const last = this._parts.at(-1);
    if (last?.kind === 'thinking' && last.seconds === null) {
      this._parts[this._parts.length - 1] = { ...last, seconds: this._thought() };
    }
  }

  private _thought(): number {
    return (this._now() - this._thinkingSince) / 1000;
  }

  private _answerCall(id: string, name: string, result: string, outcome: 'done' | 'refused' | 'failed' | 'late'): void {
    const index = this._parts.findIndex(
      part => part.kind === 'call' && part.outcome === null && (id === '' ? part.call.name === name : part.call.id === id)
    );
    const part = this._parts[index];
    if (part?.kind === 'call') {
      this._parts[index] = { ...part, result, outcome };
    }
  }

  private _publishSoon(): void {
    if (this._timer === null) {
      const wait = this._publishedAt === null ? 0 : this._publishedAt + this._pause - this._now();
      this._timer = setTimeout(() => this._publish(), Math.max(0, wait));
    }
  }

  private _publish(): void {
    const began = this._now();
    this._timer = null;
    this._shown = { parts: this.parts, progress: this._progress };
    this._listeners.forEach(listener => listener());
    this._publishedAt = this._now();
    this._pause = Math.max(pace(0), 10 * (this._publishedAt - began)); // a slow page is drawn less often
  }

  private readonly _listeners = new Set<() => void>();
  private _parts: Part[] = [];
  private _progress: IProgress | null = null;
  private _shown = NOTHING;
  private _thinkingSince = 0;
  private _timer: ReturnType<typeof setTimeout> | null = null;
  private _publishedAt: number | null = null;
  private _pause = 0;
}

/** The parts of a finished answer as the kernel tells it, with what the stream knew of them. */
export function finished(answer: IAnswer, live: readonly Part[]): Part[] {
  const parts: Part[] = [];
  [...answer.turns, answer.message].forEach(message => addMessage(parts, message));
  const seconds = live.flatMap(part => (part.kind === 'thinking' ? [part.seconds] : []));
  const outcomes = live.flatMap(part => (part.kind === 'call' ? [part] : []));
  return parts.map(part => {
    if (part.kind === 'thinking') {
      return { ...part, seconds: seconds.shift() ?? null };
    }
    if (part.kind === 'call') {
      const seen = outcomes.shift();
      return { ...part, result: part.result ?? seen?.result ?? null, outcome: seen?.outcome ?? (part.result === null ? null : 'done') };
    }
    return part;
  });
}

function addMessage(parts: Part[], message: IMessage): void {
  if (message.role === 'tool') {
    const index = parts.findIndex(part => part.kind === 'call' && part.result === null);
    const part = parts[index];
    if (part?.kind === 'call') {
      parts[index] = { ...part, result: message.content };
    }
    return;
  }
  if (message.thinking) {
    parts.push({ kind: 'thinking', text: message.thinking, seconds: null });
  }
  if (message.content !== '') {
    parts.push({ kind: 'text', text: message.content });
  }
  for (const call of message.toolCalls ?? []) {
    parts.push({ kind: 'call', call, result: null, outcome: null });
  }
}
