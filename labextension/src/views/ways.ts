/**
 * Where a person can go from a view. `null` where the surroundings have no such place: the button is not there then.
 */
export interface IWays {
  /** Talk to a model. */
  readonly chat: ((model: string) => void) | null;
  /** Edit a Modelfile in Create; `name` is what the model may be called. */
  readonly edit: ((modelfile: string, name: string) => void) | null;
  /** Fetch models. */
  readonly pull: (() => void) | null;
}

export const NOWHERE: IWays = { chat: null, edit: null, pull: null };
