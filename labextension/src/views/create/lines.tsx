/**
 * The lines of a Modelfile as they are seen: coloured, numbered and marked. What one types into lies below, letter for letter.
 */

import { forwardRef, memo } from 'react';
import { useHost } from '../../host';
import { visibleText } from '../parts/visible';
import { sentence } from '../sentence';
import type { IBox } from './offer';
import { type ILine, placeOf } from './reading';

export const Lines = memo(
  forwardRef<HTMLDivElement, { readonly lines: readonly ILine[] }>(function Lines({ lines }, ref) {
    return (
      <div ref={ref} className="jo-lines" aria-hidden="true">
        {lines.map((line, index) => (
          <Line key={index} line={line} />
        ))}
      </div>
    );
  })
);

const Line = memo(
  function Line({ line }: { readonly line: ILine }) {
    const { trans } = useHost();
    return (
      <div className="jo-line" data-severity={line.severity ?? undefined}>
        {line.spans.map(({ text, style, mark }, index) => (
          <span key={index} data-style={style} data-severity={mark?.severity} data-mark={mark === null ? undefined : visibleText(sentence(mark.words, trans))}>
            {text}
          </span>
        ))}
      </div>
    );
  },
  (one, other) => sameLine(one.line, other.line)
);

function sameLine(one: ILine, other: ILine): boolean {
  const same = one.severity === other.severity && one.spans.length === other.spans.length;
  return same && one.spans.every(({ text, style, mark }, index) => {
    const span = other.spans[index]!;
    return text === span.text && style === span.style && mark === span.mark;
  });
}

/** Where a place of the text is drawn, in the window. */
export function boxAt(lines: HTMLElement, text: string, at: number): IBox {
  const { line, column } = placeOf(text, at);
  const element = lines.children[line]!;
  let left = column;
  for (const span of Array.from(element.children)) {
    const letters = span.firstChild!;
    const length = letters.nodeValue!.length;
    if (left <= length) {
      const range = document.createRange();
      range.setStart(letters, left);
      range.collapse(true);
      const box = range.getClientRects()[0];
      if (box !== undefined) {
        return box;
      }
      break;
    }
    left -= length;
  }
  const { top, height } = element.getBoundingClientRect();
  const start = lines.getBoundingClientRect().left + parseFloat(getComputedStyle(lines).paddingInlineStart || '0');
  return { left: start, top, bottom: top + height };
}

/** What is wrong at a point of the window; empty: nothing. */
export function markAt(lines: HTMLElement, x: number, y: number): string {
  const marked = Array.from(lines.querySelectorAll<HTMLElement>('[data-mark]'));
  const isOver = ({ left, right, top, bottom }: DOMRect): boolean => left <= x && x <= right && top <= y && y <= bottom;
  return marked.find(span => Array.from(span.getClientRects()).some(isOver))?.dataset['mark'] ?? '';
}
