/**
 * Whether a kernel has been busy for a while.
 */

import type { Kernel } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';

/** Milliseconds after which work counts as long: shorter work is not worth a sentence that comes and goes. */
const LONG = 700;

export class Busy implements IDisposable {
  /** `onLong` is called when work has become long. */
  constructor(
    private readonly _kernel: Kernel.IKernelConnection,
    private readonly _onLong: () => void
  ) {}

  get isLong(): boolean {
    return this._isLong;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    clearTimeout(this._timer);
  }

  /** The kernel is in another state now. */
  look(): void {
    clearTimeout(this._timer);
    if (this._kernel.status !== 'busy') {
      this._isLong = false;
    } else if (!this._isLong) {
      this._timer = window.setTimeout(() => {
        this._isLong = true;
        this._onLong();
      }, LONG);
    }
  }

  private _isLong = false;
  private _isDisposed = false;
  private _timer = 0;
}
