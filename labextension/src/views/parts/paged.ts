/**
 * Rows that the kernel tells a page at a time, when they come into sight.
 */

import { useCallback, useEffect, useRef, useState } from 'react';
import { asFault } from '../../client';
import type { IFault, IPage } from '../../protocol';

const PAGE = 100;

export interface IPaged<T> {
  /** How many there are; null: not known yet. */
  readonly total: number | null;
  /** Undefined until it has come. */
  readonly row: (index: number) => T | undefined;
  readonly need: (first: number, last: number) => void;
  readonly fault: IFault | null;
}

type Fetch<T> = (offset: number, limit: number) => Promise<IPage<T>>;

/** A new `fetch` begins anew; until its first page has come, what was there before stays. */
export function usePages<T>(fetch: Fetch<T>): IPaged<T> {
  const [held, setHeld] = useState<{ total: number | null; rows: ReadonlyMap<number, T>; fault: IFault | null }>({ total: null, rows: new Map(), fault: null });
  const current = useRef<{ fetch: Fetch<T>; asked: Set<number> }>({ fetch, asked: new Set() });

  const ask = useCallback((page: number) => {
    const { fetch: mine, asked } = current.current;
    if (asked.has(page)) {
      return;
    }
    asked.add(page);
    const first = asked.size === 1;
    mine(page * PAGE, PAGE).then(
      ({ total, offset, rows }) => {
        if (current.current.fetch === mine) {
          setHeld(old => ({ total, fault: null, rows: new Map([...(first ? [] : old.rows), ...rows.map((row, index) => [offset + index, row] as const)]) }));
        }
      },
      error => {
        if (current.current.fetch === mine) {
          asked.delete(page);
          setHeld(old => ({ ...old, fault: asFault(error) }));
        }
      }
    );
  }, []);

  useEffect(() => {
    current.current = { fetch, asked: new Set() };
    ask(0);
  }, [fetch, ask]);

  const total = held.total;
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const need = useCallback(
    (first: number, last: number) => {
      clearTimeout(timer.current); // while one scrolls fast, nothing is fetched
      timer.current = window.setTimeout(() => {
        for (let page = Math.floor(first / PAGE); total !== null && page <= Math.floor(Math.min(last, total - 1) / PAGE); page++) {
          ask(page);
        }
      }, 60);
    },
    [ask, total]
  );
  const row = useCallback((index: number) => held.rows.get(index), [held.rows]);
  return { total, row, need, fault: held.fault };
}
