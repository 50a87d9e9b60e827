/**
 * What a kernel says it is. It does so once, as soon as no cell runs; until then nothing can be asked of it.
 */

import type { Kernel } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';

/** Milliseconds after which a kernel that has not said what it is counts as busy. */
const LATE = 1_500;

/** How often such a kernel is asked again what it is, and the milliseconds between. */
const ASKED_AGAIN = 4;
const BETWEEN = 3_000;

/** What a kernel does that cannot be asked. */
const AWAY: ReadonlySet<Kernel.Status> = new Set(['starting', 'restarting', 'autorestarting', 'terminating', 'dead']);

/** Whether a kernel starts, ends or is dead. */
export function isAway({ status }: Kernel.IKernelConnection): boolean {
  return AWAY.has(status);
}

export class Introduction implements IDisposable {
  /** `onKnown` is called once, with the language of the kernel; `onLate` when that takes longer than it usually does. */
  constructor(
    private readonly _kernel: Kernel.IKernelConnection,
    onKnown: (language: string) => void,
    onLate: () => void
  ) {
    this._lateTimer = window.setTimeout(() => {
      this._isLate = true;
      onLate();
      this._ask(ASKED_AGAIN);
    }, LATE);
    void _kernel.info.then(
      info => {
        this._isKnown = true;
        onKnown(info.language_info.name);
      },
      () => undefined // the kernel died before
    );
  }

  /** Whether the kernel has said what it is. If not, it starts, or a cell was running when the page was loaded. */
  get isKnown(): boolean {
    return this._isKnown;
  }

  /** Whether it has been silent about that for longer than kernels usually are. */
  get isLate(): boolean {
    return this._isLate && !this._isKnown;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    clearTimeout(this._lateTimer);
    clearTimeout(this._startTimer);
  }

  /** The kernel is in another state now. */
  look(): void {
    clearTimeout(this._startTimer);
    if (this._kernel.status === 'starting' && this._isKnown) {
      this._startTimer = window.setTimeout(() => this._askStarting(ASKED_AGAIN), LATE);
    }
  }

  /** An idle kernel whose answer was lost is asked again. */
  private _ask(times: number): void {
    if (this._isKnown || this._isOver || times === 0) {
      return;
    }
    if (this._kernel.status !== 'busy' && !isAway(this._kernel)) {
      this._kernel.requestKernelInfo().catch(() => undefined);
    }
    this._lateTimer = window.setTimeout(() => this._ask(times - 1), BETWEEN);
  }

  /** A kernel that came back from a crash, of which JupyterLab 4.5 does not tell that it has started, tells it when it is asked something. */
  private _askStarting(times: number): void {
    if (this._isOver || times === 0) {
      return;
    }
    if (this._kernel.connectionStatus === 'connected') {
      this._kernel.requestKernelInfo().catch(() => undefined);
    }
    this._startTimer = window.setTimeout(() => this._askStarting(times - 1), BETWEEN);
  }

  private get _isOver(): boolean {
    return this._isDisposed || this._kernel.isDisposed;
  }

  private _isKnown = false;
  private _isLate = false;
  private _isDisposed = false;
  private _lateTimer = 0;
  private _startTimer = 0;
}
