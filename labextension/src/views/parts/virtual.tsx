/**
 * A list of any length of which only the rows in sight are in the page. Heights of rows are known before they are drawn.
 *
 * When rows come, go or grow above those in sight, what is in sight stays where it is.
 */

import { type CSSProperties, forwardRef, type HTMLAttributes, type ReactNode, useCallback, useEffect, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from 'react';

/** Rows drawn above and below those in sight. */
const MARGIN = 6;

/** What a page without layout (a test, a hidden panel) is taken to show, in pixels. */
const UNKNOWN_HEIGHT = 600;

export interface IVirtual {
  /** Scroll as little as needed to have a row in sight. */
  reveal(index: number): void;
  readonly element: HTMLElement | null;
}

export interface IVirtualProps {
  readonly count: number;
  /** Pixels. A new function means that heights may have changed. */
  readonly heightOf: (index: number) => number;
  readonly keyOf: (index: number) => string;
  readonly render: (index: number) => ReactNode;
  /** A row that is in the page wherever it is: the one with the focus. */
  readonly pinned?: number;
  /** Told which rows are drawn, so that they can be fetched. */
  readonly onRange?: (first: number, last: number) => void;
  /** Of the element that scrolls. */
  readonly attributes: HTMLAttributes<HTMLDivElement>;
}

export const VirtualList = forwardRef<IVirtual, IVirtualProps>(function VirtualList({ count, heightOf, keyOf, render, pinned = -1, onRange, attributes }, handle) {
  const scroller = useRef<HTMLDivElement>(null);
  const offsets = useMemo(() => offsetsOf(count, heightOf), [count, heightOf]);
  const [span, setSpan] = useState<readonly [number, number]>([0, UNKNOWN_HEIGHT]);
  const anchor = useRef<{ key: string; within: number } | null>(null);

  const look = useCallback(() => {
    const element = scroller.current;
    if (element === null) {
      return;
    }
    const top = element.scrollTop;
    const bottom = top + (element.clientHeight || UNKNOWN_HEIGHT);
    const first = indexAt(offsets, top);
    anchor.current = top > 0 && first < count ? { key: keyOf(first), within: top - offsets[first]! } : null;
    setSpan(old => (rowsOf(offsets, old).join() === rowsOf(offsets, [top, bottom]).join() ? old : [top, bottom]));
  }, [offsets, count, keyOf]);

  useLayoutEffect(() => {
    const element = scroller.current;
    const held = anchor.current;
    if (element !== null && held !== null) {
      const index = indexOfKey(count, keyOf, held.key);
      if (index >= 0 && offsets[index]! + held.within !== element.scrollTop) {
        element.scrollTop = offsets[index]! + held.within;
      }
    }
    look();
  }, [offsets, count, keyOf, look]);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) {
      return;
    }
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, [look]);

  useImperativeHandle(handle, () => ({
    element: scroller.current,
    reveal: index => {
      const element = scroller.current;
      if (element === null || index < 0 || index >= count) {
        return;
      }
      const [top, bottom] = [offsets[index]!, offsets[index + 1]!];
      if (top < element.scrollTop) {
        element.scrollTop = top;
      } else if (bottom > element.scrollTop + element.clientHeight) {
        element.scrollTop = bottom - element.clientHeight;
      }
      look();
    }
  }));

  const [first, last] = rowsOf(offsets, span);
  useEffect(() => onRange?.(first, last), [first, last, onRange]);

  const drawn = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  if (pinned >= 0 && pinned < count && (pinned < first || pinned > last)) {
    drawn[pinned < first ? 'unshift' : 'push'](pinned);
  }
  return (
    <div {...attributes} ref={scroller} onScroll={look} className={`jo-virtual ${attributes.className ?? ''}`}>
      <div role="presentation" style={{ blockSize: offsets[count], position: 'relative' }}>
        {drawn.map(index => (
          <div key={keyOf(index)} role="presentation" style={placed(offsets, index)}>
            {render(index)}
          </div>
        ))}
      </div>
    </div>
  );
});

function placed(offsets: Float64Array, index: number): CSSProperties {
  const [top, bottom] = [offsets[index]!, offsets[index + 1]!];
  return { position: 'absolute', insetInline: 0, insetBlockStart: top, blockSize: bottom - top };
}

/** Where each row begins; one more at the end: where the list ends. */
export function offsetsOf(count: number, heightOf: (index: number) => number): Float64Array {
  const offsets = new Float64Array(count + 1);
  for (let index = 0; index < count; index++) {
    offsets[index + 1] = offsets[index]! + heightOf(index);
  }
  return offsets;
}

/** The row at a distance from the top; the number of rows when there is none. */
export function indexAt(offsets: Float64Array, distance: number): number {
  let [low, high] = [0, offsets.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (offsets[middle + 1]! > distance) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

/** First and last row to draw. */
function rowsOf(offsets: Float64Array, [top, bottom]: readonly [number, number]): readonly [number, number] {
  const last = offsets.length - 2;
  return [Math.max(0, Math.min(indexAt(offsets, top), last) - MARGIN), Math.min(last, indexAt(offsets, bottom) + MARGIN)];
}

function indexOfKey(count: number, keyOf: (index: number) => string, key: string): number {
  for (let index = 0; index < count; index++) {
    if (keyOf(index) === key) {
      return index;
    }
  }
  return -1;
}
