/**
 * A virtual list whose rows take the focus: one stop for Tab, arrows from row to row, Home, End and pages.
 */

import { type FocusEvent, type HTMLAttributes, type KeyboardEvent, type ReactNode, useLayoutEffect, useRef } from 'react';
import { type IVirtual, VirtualList } from './virtual';

/** What a row has to put on its element. */
export interface IRowFocus {
  readonly 'data-row': number;
  readonly tabIndex: number;
}

export interface IRowsProps {
  readonly role: 'tree' | 'listbox';
  readonly label: string;
  readonly className?: string;
  readonly count: number;
  readonly heightOf: (index: number) => number;
  readonly keyOf: (index: number) => string;
  /** The row that Tab comes to. */
  readonly active: number;
  readonly onActive: (index: number) => void;
  /** Keys that mean nothing to the list itself, pressed on a row (not on a button in it): whether it was used, or the row to go to. */
  readonly onKey?: (event: KeyboardEvent, index: number) => boolean | number;
  readonly render: (index: number, focus: IRowFocus) => ReactNode;
  readonly onRange?: (first: number, last: number) => void;
  readonly attributes?: HTMLAttributes<HTMLDivElement>;
}

export function Rows({ role, label, className = '', count, heightOf, keyOf, active, onActive, onKey, render, onRange, attributes = {} }: IRowsProps): JSX.Element {
  const list = useRef<IVirtual>(null);
  const wantsFocus = useRef(false);
  const hadFocus = useRef(false);
  const stop = Math.min(Math.max(active, 0), count - 1);

  useLayoutEffect(() => {
    const element = list.current?.element ?? null;
    if (element === null || stop < 0) {
      return;
    }
    if (wantsFocus.current || (hadFocus.current && focusIsNowhere(element))) {
      wantsFocus.current = false;
      list.current?.reveal(stop);
      element.querySelector<HTMLElement>(`[data-row="${stop}"]`)?.focus({ preventScroll: true });
    }
  });

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const index = rowOf(event.target);
    if (index === null) {
      return; // a button or a field in the row
    }
    const used = targetOf(event, index, count, list.current?.element?.clientHeight ?? 0, heightOf) ?? onKey?.(event, index) ?? false;
    if (used === false) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (used !== true) {
      wantsFocus.current = true;
      onActive(used);
    }
  };

  const onFocus = (event: FocusEvent<HTMLDivElement>): void => {
    hadFocus.current = true;
    const index = rowOf(event.target);
    if (index !== null && index !== active) {
      onActive(index);
    }
  };

  return (
    <VirtualList
      ref={list}
      count={count}
      heightOf={heightOf}
      keyOf={keyOf}
      pinned={stop}
      {...(onRange === undefined ? {} : { onRange })}
      render={index => render(index, { 'data-row': index, tabIndex: index === stop ? 0 : -1 })}
      attributes={{
        ...attributes,
        role,
        'aria-label': label,
        className,
        onKeyDown,
        onFocus,
        onBlur: event => (hadFocus.current = event.relatedTarget === null && hadFocus.current && !event.target.isConnected)
      }}
    />
  );
}

/** The number of the row that an element is. */
function rowOf(target: EventTarget): number | null {
  const row = (target as HTMLElement).dataset['row'];
  return row === undefined ? null : Number(row);
}

function targetOf(event: KeyboardEvent, index: number, count: number, height: number, heightOf: (index: number) => number): number | null {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) {
    return null;
  }
  const page = Math.max(1, Math.floor(height / Math.max(1, heightOf(index))) - 1);
  const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -count, End: count };
  const step = steps[event.key];
  return step === undefined ? null : Math.min(count - 1, Math.max(0, index + step));
}

/** Whether the element that had the focus went away with it. */
function focusIsNowhere(element: HTMLElement): boolean {
  const root = element.getRootNode() as Document | ShadowRoot;
  return root.activeElement === null || root.activeElement === root.ownerDocument?.body || root.activeElement === (root as Document).body;
}
