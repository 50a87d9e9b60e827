/**
 * What keys do on a row of the list, beside moving: as in any tree, and Delete, F2, the space bar and the menu key on models.
 */

import type { KeyboardEvent } from 'react';
import type { IGroupRow, IModelRow, Row } from './rows';

export interface IKeyActs {
  readonly open: (name: string) => void;
  readonly mark: (name: string) => void;
  readonly unmark: () => void;
  readonly fold: (group: string, open: boolean) => void;
  readonly rename: (row: IModelRow) => void;
  readonly remove: (name: string) => void;
  readonly menu: (row: IModelRow, element: HTMLElement) => void;
}

/** Whether the key was used, or the row to go to. */
export function onRowKey(event: KeyboardEvent, index: number, rows: readonly Row[], acts: IKeyActs): boolean | number {
  const row = rows[index];
  if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
    if (row?.kind === 'model') {
      acts.menu(row, event.target as HTMLElement);
    }
    return true;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) {
    return false;
  }
  if (event.key === 'Escape') {
    acts.unmark();
    return false;
  }
  switch (row?.kind) {
    case 'group':
      return onGroupKey(event.key, index, row, acts);
    case 'model':
      return onModelKey(event.key, index, row, acts);
    default:
      return false;
  }
}

function onGroupKey(key: string, index: number, row: IGroupRow, acts: IKeyActs): boolean | number {
  if (key === 'ArrowRight' && row.open) {
    return index + 1;
  }
  const folds = key === 'Enter' || key === ' ' || (key === 'ArrowRight' && !row.open) || (key === 'ArrowLeft' && row.open);
  if (folds) {
    acts.fold(row.name, !row.open);
  }
  return folds;
}

function onModelKey(key: string, index: number, row: IModelRow, acts: IKeyActs): boolean | number {
  const { name } = row.tag.model;
  switch (key) {
    case 'Enter':
      acts.open(name);
      return true;
    case ' ':
      acts.mark(name);
      return true;
    case 'F2':
      acts.rename(row);
      return true;
    case 'Delete':
      acts.remove(name);
      return true;
    case 'ArrowLeft':
      return row.place.level === 2 ? index - row.place.position : false;
    default:
      return false;
  }
}
