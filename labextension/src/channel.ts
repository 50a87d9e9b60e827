/**
 * A way to the kernel: the panel has a comm, a widget the messages of its model. What travels is in `protocol.ts`.
 */

import type { IBatch, IRequest } from './protocol';

export interface IChannel {
  /** Give a request to the kernel. Does nothing on a channel that is closed. */
  send(request: IRequest): void;

  /** Called with all that the kernel sends, in order; may lack batches that the server dropped. One listener. */
  onBatch: ((batch: IBatch) => void) | null;

  /** Called once when the kernel is gone (restarted, stopped, lost): open requests will not be answered. */
  onClose: (() => void) | null;
}
