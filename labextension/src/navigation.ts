/**
 * Where the panel is: one of its tabs, and what is opened there. Views, commands and menus say where to go; the panel follows.
 */

import { useSyncExternalStore } from 'react';

export type Place =
  | { readonly tab: 'models'; readonly model?: string } // `model`: opened layer by layer
  | { readonly tab: 'chat'; readonly model?: string; readonly anew?: boolean } // `anew`: begin a conversation
  | { readonly tab: 'create'; readonly name?: string; readonly source?: string; readonly modelfile?: string; readonly folder?: string; readonly anew?: boolean }
  | { readonly tab: 'pull'; readonly name?: string };

export type Tab = Place['tab'];

export const TABS: readonly Tab[] = ['models', 'chat', 'create', 'pull'];

export class Navigation {
  readonly place = (): Place => this._place;

  readonly subscribe = (listener: () => void): (() => void) => {
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  };

  /** Go there; the same place again is a new visit: who follows is told. */
  readonly go = (place: Place): void => {
    this._place = place;
    for (const listener of this._listeners) {
      listener();
    }
  };

  private readonly _listeners = new Set<() => void>();
  private _place: Place = { tab: 'models' };
}

/** The place of the panel; the component that calls it follows. */
export function usePlace(navigation: Navigation): Place {
  return useSyncExternalStore(navigation.subscribe, navigation.place);
}
