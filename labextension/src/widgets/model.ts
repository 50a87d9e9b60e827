/**
 * The model of a widget as anywidget gives it to a front end: traits, and messages. One for each page, whatever the number of views.
 */

export interface IModel {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  send(content: unknown): void;
  on(event: string, listener: (...args: never[]) => void): void;
  off(event: string, listener: (...args: never[]) => void): void;
}

/** The trait as a text; one that is none counts as empty. */
export function textOf(model: IModel, name: string): string {
  const value = model.get(name);
  return typeof value === 'string' ? value : '';
}

/** Tell the kernel of a trait, if that is news. */
export function put(model: IModel, name: string, value: unknown): void {
  if (JSON.stringify(model.get(name)) !== JSON.stringify(value)) {
    model.set(name, value);
    model.save_changes();
  }
}
