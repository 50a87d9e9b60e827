/**
 * How a person looks at the list: what is searched, the order, folded names, and the row with the focus. Order and folding are kept.
 */

import { useCallback, useDeferredValue, useMemo, useState } from 'react';
import { useHost } from '../../host';
import { useSticky } from '../parts/sticky';
import { type IView, type Order, ORDERS, type Row } from './rows';

export interface ILook {
  /** As typed; `view.search` follows when there is time. */
  readonly search: string;
  readonly view: IView;
  readonly setSearch: (search: string) => void;
  readonly setOrder: (order: Order) => void;
  readonly fold: (name: string, open: boolean) => void;
}

export function useLook(): ILook {
  const [search, setSearch] = useState('');
  const { preferences } = useHost();
  const [chosen, setOrder] = useSticky<Order | null>('models.order', null, isOrder);
  const order = chosen ?? preferences.sort;
  const [names, setNames] = useSticky<readonly string[]>('models.folded', [], isNames);
  const words = useDeferredValue(search);
  const view = useMemo<IView>(() => ({ search: words, order, folded: new Set(names) }), [words, order, names]);
  const fold = useCallback((name: string, open: boolean) => setNames(names.filter(one => one !== name).concat(open ? [] : [name])), [names, setNames]);
  return useMemo(() => ({ search, view, setSearch, setOrder, fold }), [search, view, setOrder, fold]);
}

/** The index of the row that Tab comes to, and how to set it. When the row goes away, the one that takes its place. */
export function useActiveRow(rows: readonly Row[], first: string | null): readonly [number, (index: number) => void] {
  const [active, setActive] = useState({ key: first ?? '', index: 0 });
  const found = useMemo(() => rows.findIndex(row => row.key === active.key), [rows, active.key]);
  const go = useCallback((index: number) => setActive({ key: rows[index]?.key ?? '', index }), [rows]);
  return [found >= 0 ? found : active.index, go];
}

function isOrder(kept: unknown): kept is Order | null {
  return ORDERS.includes(kept as Order);
}

function isNames(kept: unknown): kept is readonly string[] {
  return Array.isArray(kept) && kept.every(name => typeof name === 'string');
}
