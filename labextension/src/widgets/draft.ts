/**
 * What is being made in a widget, and its traits: told when the typing pauses, for other cells may run whenever it is; what Python sets
 * takes its place. All views of the widget in a page show the same.
 */

import { EMPTY, type IDraft } from '../views/create/drafts';
import { type IModel, put, textOf } from './model';

export const PAUSE_MS = 300;

const TRAITS: Readonly<Record<keyof IDraft, string>> = { name: 'name', modelfile: 'text', quantize: 'quantize', folder: 'folder' };
const FIELDS = Object.keys(TRAITS) as (keyof IDraft)[];

export class WidgetDraft {
  constructor(private readonly _model: IModel) {
    FIELDS.forEach(field => this._take(field));
    FIELDS.forEach(field =>
      _model.on(`change:${TRAITS[field]}`, () => {
        this._take(field);
        this._listeners.forEach(listener => listener());
      })
    );
  }

  readonly snapshot = (): IDraft => this._draft;

  readonly subscribe = (listener: () => void): (() => void) => {
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  };

  readonly change = (draft: IDraft): void => {
    this._draft = draft;
    this._listeners.forEach(listener => listener());
    clearTimeout(this._timer);
    this._timer = setTimeout(this.tell, PAUSE_MS);
  };

  /** Tell the kernel now. */
  readonly tell = (): void => {
    clearTimeout(this._timer);
    const draft = this._draft; // what is told comes back as news
    FIELDS.forEach(field => put(this._model, TRAITS[field], draft[field]));
  };

  private _take(field: keyof IDraft): void {
    this._draft = { ...this._draft, [field]: textOf(this._model, TRAITS[field]) };
  }

  private readonly _listeners = new Set<() => void>();
  private _draft = EMPTY;
  private _timer: ReturnType<typeof setTimeout> | undefined;
}
