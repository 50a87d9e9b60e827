/**
 * A menu at a point of the page or below a button: arrows, Home, End and first letters move, Enter acts, Escape gives the focus back.
 */

import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Icon, type Picture } from './icon';

export interface IMenuItem {
  readonly id: string;
  readonly label: string;
  readonly icon: Picture;
  readonly danger?: boolean;
  /** Said when it cannot be done now; the item stays, so that people learn of it. */
  readonly disabled?: boolean;
  readonly run: () => void;
}

export interface IMenuProps {
  readonly label: string;
  readonly items: readonly (IMenuItem | 'line')[];
  /** Of the page's upper left corner; where the menu opens. */
  readonly at: { readonly x: number; readonly y: number };
  readonly onClose: () => void;
}

const EDGE = 4; // pixels that stay free around it

export function Menu({ label, items, at, onClose }: IMenuProps): JSX.Element {
  const menu = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState(at);
  const close = useRef(onClose);
  close.current = onClose;

  useLayoutEffect(() => {
    const element = menu.current;
    if (element === null) {
      return;
    }
    const before = (element.getRootNode() as Document).activeElement as HTMLElement | null;
    element.setAttribute('popover', 'manual'); // above everything, whatever clips the panel
    element.showPopover?.();
    const { width, height } = element.getBoundingClientRect();
    setPlace({ x: fitted(at.x, width, innerWidth), y: fitted(at.y, height, innerHeight) });
    enabled(element)[0]?.focus({ preventScroll: true });
    return () => before?.focus({ preventScroll: true });
  }, [at]);

  useEffect(() => {
    const outside = (event: Event): void => {
      if (!event.composedPath().includes(menu.current!)) {
        close.current();
      }
    };
    document.addEventListener('pointerdown', outside, true);
    document.addEventListener('wheel', outside, { capture: true, passive: true });
    addEventListener('blur', outside);
    return () => {
      document.removeEventListener('pointerdown', outside, true);
      document.removeEventListener('wheel', outside, true);
      removeEventListener('blur', outside);
    };
  }, []);

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    event.stopPropagation();
    const buttons = enabled(event.currentTarget);
    const here = buttons.indexOf(event.target as HTMLElement);
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      onClose();
      return;
    }
    const next = nextOf(event.key, here, buttons);
    if (next !== null) {
      event.preventDefault();
      buttons[next]?.focus();
    }
  };

  return (
    <div ref={menu} className="jo-menu" role="menu" aria-label={label} style={{ left: place.x, top: place.y }} onKeyDown={onKeyDown} onContextMenu={event => event.preventDefault()}>
      {items.map((item, index) =>
        item === 'line' ? (
          <div key={index} role="separator" />
        ) : (
          <button
            key={item.id}
            type="button"
            role="menuitem"
            tabIndex={-1}
            data-danger={item.danger === true ? '' : undefined}
            aria-disabled={item.disabled === true}
            onPointerEnter={event => item.disabled !== true && event.currentTarget.focus({ preventScroll: true })}
            onClick={() => {
              if (item.disabled !== true) {
                onClose();
                item.run();
              }
            }}
          >
            <Icon name={item.icon} />
            {item.label}
          </button>
        )
      )}
    </div>
  );
}

function enabled(menu: HTMLElement): HTMLElement[] {
  return Array.from(menu.querySelectorAll<HTMLElement>('[role=menuitem]:not([aria-disabled=true])'));
}

function fitted(start: number, length: number, room: number): number {
  return Math.max(EDGE, Math.min(start, room - length - EDGE));
}

function nextOf(key: string, here: number, buttons: readonly HTMLElement[]): number | null {
  const count = buttons.length;
  const moves: Record<string, number> = { ArrowDown: (here + 1) % count, ArrowUp: (here - 1 + count) % count, Home: 0, End: count - 1 };
  if (key in moves) {
    return moves[key]!;
  }
  if (key.length !== 1 || key === ' ') {
    return null;
  }
  const letter = key.toLocaleLowerCase();
  const from = buttons.map((_, index) => (here + 1 + index) % count);
  return from.find(index => buttons[index]?.textContent?.trim().toLocaleLowerCase().startsWith(letter)) ?? null;
}
