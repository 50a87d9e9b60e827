/**
 * Puts cells into a notebook, below the active one, as one step that can be undone.
 */

import type { NotebookPanel } from '@jupyterlab/notebook';
import type { ICellToInsert } from '../host';

export function insertCells(panel: NotebookPanel | null, cells: readonly ICellToInsert[]): void {
  const notebook = panel?.content;
  const model = notebook?.model;
  if (notebook === undefined || model === null || model === undefined || model.readOnly || cells.length === 0) {
    return;
  }
  const at = model.cells.length === 0 ? 0 : notebook.activeCellIndex + 1;
  model.sharedModel.insertCells(
    at,
    cells.map(({ type, source }) => ({ cell_type: type, source, metadata: type === 'code' ? { trusted: true } : {} })) // typed by nobody else
  );
  notebook.deselectAll();
  notebook.activeCellIndex = at + cells.length - 1;
  void notebook.scrollToItem(at, 'smart');
}
