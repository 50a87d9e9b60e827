/**
 * The way of one page to the kernel: messages of the widget's model, with the name of the page on them. All pages hear all of them.
 */

import type { IChannel } from '../channel';
import type { IBatch, IRequest } from '../protocol';
import type { IModel } from './model';

/** Milliseconds until a request that got no answer of any kind is told. A widget's messages wait for a cell that runs. */
export const SILENCE = 4_000;

interface IMessage {
  readonly page?: string;
  readonly batch?: IBatch;
  readonly gone?: boolean;
}

export class WidgetChannel implements IChannel {
  constructor(private readonly _model: IModel) {
    _model.on('msg:custom', this._onMessage);
  }

  onBatch: ((batch: IBatch) => void) | null = null;
  onClose: (() => void) | null = null;

  /** Called when the kernel does not answer, and when it does again. */
  onSilent: ((isSilent: boolean) => void) | null = null;

  /** Called when the kernel has left this page: too many others came. A new channel gets through. */
  onLeft: (() => void) | null = null;

  send(request: IRequest): void {
    if (this._isClosed) {
      return;
    }
    this._timer ??= setTimeout(() => this.onSilent?.(true), SILENCE);
    try {
      this._model.send({ page: this._page, request });
    } catch {
      this.close(); // its comm is no more
    }
  }

  /** Nothing comes and nothing goes any more. */
  close(): void {
    if (!this._isClosed) {
      this._isClosed = true;
      this._heard();
      this._model.off('msg:custom', this._onMessage);
      this.onClose?.();
    }
  }

  private readonly _onMessage = ({ page, batch, gone }: IMessage): void => {
    if (page !== this._page) {
      return;
    }
    this._heard();
    if (gone === true) {
      this.close();
      this.onLeft?.();
    } else if (batch !== undefined) {
      this.onBatch?.(batch);
    }
  };

  private _heard(): void {
    if (this._timer !== null) {
      clearTimeout(this._timer);
      this._timer = null;
      this.onSilent?.(false);
    }
  }

  private readonly _page = Array.from(crypto.getRandomValues(new Uint32Array(4)), number => number.toString(36)).join('');
  private _isClosed = false;
  private _timer: ReturnType<typeof setTimeout> | null = null;
}
