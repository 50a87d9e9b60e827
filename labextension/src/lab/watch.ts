/**
 * Follows the notebook or console that was last in front.
 */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ISessionContext } from '@jupyterlab/apputils';
import type { IConsoleTracker } from '@jupyterlab/console';
import type { INotebookTracker } from '@jupyterlab/notebook';
import { type ISignal, Signal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';

type Tracker = Pick<INotebookTracker | IConsoleTracker, 'has'> & { readonly currentWidget: (Widget & { sessionContext: ISessionContext }) | null };

export class KernelWatch {
  /** `consoles` is null where there are none, as in Notebook 7. */
  constructor(
    private readonly _shell: JupyterFrontEnd.IShell,
    notebooks: INotebookTracker,
    consoles: IConsoleTracker | null
  ) {
    this._trackers = [notebooks, ...(consoles === null ? [] : [consoles])];
    _shell.currentChanged?.connect(this._look, this);
    notebooks.currentChanged.connect(this._look, this);
    consoles?.currentChanged.connect(this._look, this);
    this._look();
  }

  /** Of the notebook or console in front; null when none is open. */
  get context(): ISessionContext | null {
    return this._context;
  }

  /** Emitted when another one is in front, or what is in front changed its kernel, status, connection or name. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  private _look(): void {
    const current = this._shell.currentWidget;
    const tracker = this._trackers.find(one => current !== null && one.has(current) && one.currentWidget === current);
    const found = tracker?.currentWidget?.sessionContext;
    if (found !== undefined) {
      this._follow(found);
    } else if (this._context === null || this._context.isDisposed) {
      this._follow(this._trackers.map(one => one.currentWidget?.sessionContext).find(one => one?.isDisposed === false) ?? null);
    }
  }

  private _follow(context: ISessionContext | null): void {
    const old = this._context;
    if (old === context) {
      return;
    }
    if (old !== null) {
      this._signals(old).forEach(signal => signal.disconnect(this._emit, this));
      old.disposed.disconnect(this._onDisposed, this);
    }
    this._context = context;
    if (context !== null) {
      this._signals(context).forEach(signal => signal.connect(this._emit, this));
      context.disposed.connect(this._onDisposed, this);
    }
    this._emit();
  }

  private _signals(context: ISessionContext): ISignal<ISessionContext, unknown>[] {
    return [context.kernelChanged, context.statusChanged, context.connectionStatusChanged, context.propertyChanged, context.sessionChanged];
  }

  private _onDisposed(): void {
    this._follow(null);
    this._look();
  }

  private _emit(): void {
    this._changed.emit();
  }

  private readonly _trackers: readonly Tracker[];
  private readonly _changed = new Signal<this, void>(this);
  private _context: ISessionContext | null = null;
}
