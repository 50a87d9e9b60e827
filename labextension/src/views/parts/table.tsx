/**
 * Rows that the kernel tells a page at a time, as a list that can be searched and gone through with the keyboard; a row may open.
 */

import { type ReactNode, useCallback, useState } from 'react';
import { useHost } from '../../host';
import type { IPage } from '../../protocol';
import { count } from '../format';
import { FaultNote } from './fault';
import { usePages } from './paged';
import { type IRowFocus, Rows } from './rows';
import { SearchField } from './search';

export interface IPagedTableProps<T> {
  readonly label: string;
  readonly searchLabel: string;
  /** Some of the rows that match. A new function begins anew. */
  readonly fetch: (search: string, offset: number, limit: number) => Promise<IPage<T>>;
  /** Pixels; the style sheet draws rows of this height. */
  readonly rowHeight: number;
  readonly rowClass: string;
  /** What is in a row; undefined: it has not come yet. */
  readonly render: (row: T | undefined) => ReactNode;
  readonly onOpen?: (row: T) => void;
}

export function PagedTable<T>({ label, searchLabel, fetch, rowHeight, rowClass, render, onOpen }: IPagedTableProps<T>): JSX.Element {
  const { trans } = useHost();
  const [search, setSearch] = useState('');
  const [active, setActive] = useState(0);
  const found = useCallback((offset: number, limit: number) => fetch(search, offset, limit), [fetch, search]);
  const { total, row, need, fault } = usePages(found);
  const heightOf = useCallback(() => rowHeight, [rowHeight]);
  const open = (index: number): boolean => {
    const held = row(index);
    if (held === undefined || onOpen === undefined) {
      return false;
    }
    onOpen(held);
    return true;
  };
  const renderRow = (index: number, focus: IRowFocus): JSX.Element => (
    <div {...focus} role="option" className={`jo-row ${rowClass}`} aria-selected={false} aria-posinset={index + 1} aria-setsize={total ?? -1} onClick={() => open(index)}>
      {render(row(index))}
    </div>
  );
  return (
    <>
      <div className="jo-toolbar">
        <SearchField label={searchLabel} placeholder={trans.__('Search')} onSearch={setSearch} />
        <span className="jo-hint jo-total" aria-live="polite">
          {total === null ? '' : total === 0 ? trans.__('none') : count(total)}
        </span>
      </div>
      {fault === null ? null : <FaultNote fault={fault} />}
      {total === null || total === 0 ? null : (
        <Rows
          role="listbox"
          label={label}
          className="jo-table"
          count={total}
          heightOf={heightOf}
          keyOf={String}
          active={active}
          onActive={setActive}
          onRange={need}
          onKey={(event, index) => (event.key === 'Enter' || event.key === ' ') && open(index)}
          render={renderRow}
        />
      )}
    </>
  );
}
