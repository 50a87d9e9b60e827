/**
 * A widget's model in a page, and what was sent by it.
 */

import type { IModel } from '../../src/widgets/model';

interface ISent {
  readonly page: string;
  readonly request: { readonly id: number; readonly verb: string };
}

export class FakeModel implements IModel {
  constructor(private readonly _traits: Record<string, unknown> = {}) {}
  readonly sent: ISent[] = [];
  get = (name: string): unknown => this._traits[name];
  set = (name: string, value: unknown): void => {
    this._traits[name] = value;
    this.emit(`change:${name}`);
  };
  save_changes = (): void => undefined;
  send = (content: unknown): void => void this.sent.push(content as ISent);
  on = (event: string, listener: (...args: never[]) => void): void => void this._listeners.push([event, listener]);
  off = (event: string, listener: (...args: never[]) => void): void => {
    this._listeners = this._listeners.filter(([name, one]) => name !== event || one !== listener);
  };
  emit(event: string, ...args: unknown[]): void {
    this._listeners.filter(([name]) => name === event).forEach(([, listener]) => (listener as (...args: unknown[]) => void)(...args));
  }
  private _listeners: (readonly [string, (...args: never[]) => void])[] = [];
}
