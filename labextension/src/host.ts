/**
 * What the surroundings of a view offer. JupyterLab offers all of it (`lab/host.ts`), a widget in a cell less (`widgets/host.ts`).
 */

import { createContext, useContext } from 'react';

/** Texts in the user's language; JupyterLab's `TranslationBundle` is one. */
export interface ITexts {
  __(text: string, ...args: unknown[]): string;
  _n(one: string, many: string, n: number, ...args: unknown[]): string;
}

/** A cell to be put into the notebook. */
export interface ICellToInsert {
  readonly type: 'code' | 'markdown';
  readonly source: string;
}

/** What the user has set. A change draws the views again. */
export interface IPreferences {
  readonly defaultModel: string; // for a new conversation; '': the one used last
  readonly sort: 'name' | 'size' | 'modified';
  readonly enterSends: boolean; // else Shift+Enter does
}

export const PREFERENCES: IPreferences = { defaultModel: '', sort: 'name', enterSends: true };

/** Its functions stand alone: views take them out of the host. */
export interface IHost {
  readonly trans: ITexts;
  readonly preferences: IPreferences;

  /** Draw Markdown, sanitized, into an element; called again with longer texts while an answer comes. */
  readonly renderMarkdown: (text: string, into: HTMLElement) => Promise<void>;

  /** Put cells below the active one; `null` where there is no notebook to put them into. */
  readonly insertCells: ((cells: readonly ICellToInsert[]) => void) | null;

  /** Ask before something is lost; resolves to whether the user agreed. */
  readonly confirm: (title: string, text: string, action: string) => Promise<boolean>;

  /** Put a text on the clipboard. */
  readonly copyText: (text: string) => Promise<void>;
}

export const HostContext = createContext<IHost | null>(null);

/** The host of the view that calls it. */
export function useHost(): IHost {
  const host = useContext(HostContext);
  if (host === null) {
    throw new Error('a view was drawn outside of HostContext');
  }
  return host;
}
