/**
 * The only file that looks at kernels: follows the notebook in front and says which kernel it has.
 */

import type { ISessionContext } from '@jupyterlab/apputils';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { IActiveKernel } from './tokens';

/** Follows the notebook that was last in front, through kernel restarts, renames and closing. */
export class KernelWatch implements IDisposable {
  constructor(private readonly _tracker: INotebookTracker) {
    _tracker.currentChanged.connect(this._onCurrentChanged, this);
    this._onCurrentChanged();
  }

  /** The kernel of the notebook in front, or `null` when no notebook is open. */
  get active(): IActiveKernel | null {
    const context = this._context;
    if (context === null) {
      return null;
    }
    return {
      notebook: context.name,
      kernel: context.hasNoKernel ? '' : context.kernelDisplayName,
      status: context.session?.kernel?.status ?? 'unknown'
    };
  }

  /** Emitted whenever `active` may have changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Stop following; safe to call twice. */
  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._context = null;
    Signal.clearData(this);
  }

  private _onCurrentChanged(): void {
    this._follow(this._tracker.currentWidget?.sessionContext ?? null);
    this._emit();
  }

  private _follow(context: ISessionContext | null): void {
    const old = this._context;
    if (old === context) {
      return;
    }
    if (old !== null) {
      old.kernelChanged.disconnect(this._emit, this);
      old.statusChanged.disconnect(this._emit, this);
      old.propertyChanged.disconnect(this._emit, this);
      old.disposed.disconnect(this._onContextDisposed, this);
    }
    this._context = context;
    if (context !== null) {
      context.kernelChanged.connect(this._emit, this);
      context.statusChanged.connect(this._emit, this);
      context.propertyChanged.connect(this._emit, this);
      context.disposed.connect(this._onContextDisposed, this);
    }
  }

  private _onContextDisposed(): void {
    this._follow(null);
    this._emit();
  }

  private _emit(): void {
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private _context: ISessionContext | null = null;
  private _isDisposed = false;
}
