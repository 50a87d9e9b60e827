/**
 * The surroundings of a view in tests: texts as they are, Markdown as plain text, and a record of what was asked for.
 */

import { render, type RenderResult } from '@testing-library/react';
import type { ReactNode } from 'react';
import { HostContext, type ICellToInsert, type IHost, type IPreferences, PREFERENCES } from '../src/host';

export class FakeHost implements IHost {
  /** What `confirm` answers. */
  agrees = true;
  readonly confirmed: string[] = [];
  readonly inserted: ICellToInsert[] = [];
  readonly copied: string[] = [];

  preferences: IPreferences = PREFERENCES;

  readonly trans = {
    __: (text: string, ...args: unknown[]): string => filled(text, args),
    _n: (one: string, many: string, n: number, ...args: unknown[]): string => filled(n === 1 ? one : many, [n, ...args])
  };

  readonly renderMarkdown = async (text: string, into: HTMLElement): Promise<void> => {
    into.textContent = text;
  };

  insertCells: IHost['insertCells'] = cells => this.inserted.push(...cells);

  readonly confirm = async (title: string, text: string, action: string): Promise<boolean> => {
    this.confirmed.push(`${title} ${text} ${action}`);
    return this.agrees;
  };

  readonly copyText = async (text: string): Promise<void> => {
    this.copied.push(text);
  };
}

/** Draw a view in a host. */
export function renderIn(host: IHost, view: ReactNode): RenderResult {
  return render(<HostContext.Provider value={host}>{view}</HostContext.Provider>);
}

/** As JupyterLab fills texts: `%1` is the first argument, `%%` is a percent sign. */
function filled(text: string, args: readonly unknown[]): string {
  return text.replace(/%%|%(\d+)/g, (found, index: string | undefined) => (index === undefined ? found.slice(1) : String(args[Number(index) - 1])));
}
