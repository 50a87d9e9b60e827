/**
 * One attempt to reach a kernel: a comm, and a client on it. The kernel answers with a hello, or closes the comm: the extension is not loaded.
 */

import type { Kernel } from '@jupyterlab/services';
import { Client } from '../client';
import { type IHello, TARGET } from '../protocol';
import { CommChannel, forgetSubshells, sleep } from './channel';

export class Attempt {
  constructor(private readonly _kernel: Kernel.IKernelConnection) {
    this._comm = _kernel.createComm(TARGET);
    this._channel = new CommChannel(this._comm);
    this.client = new Client(this._channel);
    this.client.onStray = fault => console.warn(`jupyter_ollama: ${fault.text} ${fault.hint}`);
    this._answered = new Promise(resolve => {
      this.client.onHello = hello => {
        this.onHello?.(hello);
        resolve();
      };
      this.client.onClosed = () => {
        this.onClosed?.();
        resolve();
      };
    });
  }

  readonly client: Client;

  /** Called with each hello, also with one that comes late: the second one tells of another Ollama. */
  onHello: ((hello: IHello) => void) | null = null;

  /** Called when the comm is closed, from either side. */
  onClosed: (() => void) | null = null;

  /** See `CommChannel`. */
  get hasSubshell(): boolean {
    return this._channel.hasSubshell;
  }

  /** Whether the kernel answers in so many milliseconds. */
  async open(patience: number, isOver: () => boolean): Promise<boolean> {
    await this._channel.open(this._kernel, patience);
    return this.comes(this._answered, patience, isOver);
  }

  /**
   * Whether something comes while the kernel could have sent it for so many milliseconds, be it an error. Where messages wait for cells,
   * running cells do not count. False as soon as it `isOver`.
   */
  comes(answer: Promise<unknown>, patience: number, isOver: () => boolean): Promise<boolean> {
    const came = answer.then(
      () => true,
      () => true
    );
    return Promise.race([came, this._silence(patience, isOver)]);
  }

  /** From this side, as when the kernel is gone. */
  close(): void {
    this._channel.close();
  }

  /** The kernel restarts: see `forgetSubshells`. */
  forget(): void {
    forgetSubshells(this._comm, this._kernel.id);
  }

  private async _silence(patience: number, isOver: () => boolean): Promise<boolean> {
    for (let left = patience; left > 0 && !isOver(); ) {
      await sleep(100);
      if (this.hasSubshell || this._kernel.status !== 'busy') {
        left -= 100;
      }
    }
    return false;
  }

  private readonly _comm: Kernel.IComm;
  private readonly _channel: CommChannel;
  private readonly _answered: Promise<void>;
}
