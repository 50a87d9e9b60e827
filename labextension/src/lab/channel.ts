/**
 * A comm as a channel. It is never closed from here: JupyterLab would give the next comm of this target a subshell that is gone.
 */

import type { Kernel, KernelMessage } from '@jupyterlab/services';
import type { JSONObject } from '@lumino/coreutils';
import type { IChannel } from '../channel';
import { type IBatch, type IRequest, PROTOCOL } from '../protocol';

/** What `Kernel.IComm` does not tell: how JupyterLab sends this comm's messages. */
interface ISubshellComm {
  readonly commsOverSubshells?: string;
  readonly subshellStarted?: Promise<void>;
  readonly subshellId?: string | null;
}

export class CommChannel implements IChannel {
  constructor(private readonly _comm: Kernel.IComm) {
    _comm.onMsg = message => this._onMessage(message);
    _comm.onClose = () => this.close();
  }

  onBatch: ((batch: IBatch) => void) | null = null;
  onClose: (() => void) | null = null;

  /** Whether messages go to a shell of their own, and so are answered while a cell runs. */
  get hasSubshell(): boolean {
    return typeof (this._comm as ISubshellComm).subshellId === 'string';
  }

  /** Open it once it is known how messages go: what is sent before goes to the main shell, and answers would stay there. */
  async open(kernel: Kernel.IKernelConnection, patience: number): Promise<void> {
    const { commsOverSubshells, subshellStarted } = this._comm as ISubshellComm;
    if (kernel.supportsSubshells && commsOverSubshells !== 'disabled' && subshellStarted !== undefined) {
      await Promise.race([subshellStarted.catch(() => undefined), sleep(patience)]); // it may never settle
    }
    if (!this._closed && !this._comm.isDisposed) {
      this._comm.open({ protocol: PROTOCOL });
    }
  }

  send(request: IRequest): void {
    if (this._closed || this._comm.isDisposed) {
      return;
    }
    try {
      const future = this._comm.send(request as unknown as JSONObject);
      future.done.catch(() => undefined); // the kernel restarts before it is done: `onClose` tells
    } catch {
      this.close(); // the kernel is dead
    }
  }

  /** The kernel is gone, or closed it. */
  close(): void {
    if (!this._closed) {
      this._closed = true;
      this.onClose?.();
    }
  }

  private _onMessage(message: KernelMessage.ICommMsgMsg): void {
    const batch = message.content.data as unknown as IBatch;
    if (!this._closed && typeof batch.seq === 'number' && Array.isArray(batch.items)) {
      this.onBatch?.(batch);
    }
  }

  private _closed = false;
}

/**
 * Make JupyterLab forget the subshells of a kernel that restarts. After a crash it does not do so by itself, and messages would go to
 * subshells that are gone.
 */
export function forgetSubshells(comm: Kernel.IComm, kernelId: string): void {
  const { _commTargetSubShellsId: known } = comm.constructor as { _commTargetSubShellsId?: Record<string, unknown> };
  if (known !== undefined) {
    delete known[kernelId];
  }
}

/** Resolves after some milliseconds. */
export function sleep(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds));
}
