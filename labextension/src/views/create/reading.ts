/**
 * A text as the kernel has read it, carried along while it is typed on: its colours and what is wrong, line by line. No DOM.
 */

import type { IMark, Piece } from '../../protocol';

export interface IReading {
  readonly text: string; // as it was when it was read
  readonly marks: readonly IMark[];
  readonly pieces: readonly Piece[];
}

export const UNREAD: IReading = { text: '', marks: [], pieces: [] };

/** A part of a line of one colour. */
export interface ISpan {
  readonly text: string;
  readonly style: string;
  readonly mark: IMark | null; // what is wrong with it
}

export interface ILine {
  readonly spans: readonly ISpan[];
  readonly severity: IMark['severity'] | null; // the worst that begins here
}

/** A mark and its place in the text as it is now. */
export interface IMarked {
  readonly from: number;
  readonly to: number;
  readonly mark: IMark;
}

/** More are not drawn. */
const MOST_MARKS = 100;

/** The lines of a text that may have been typed on since it was read. */
export function linesOf(reading: IReading, text: string): readonly ILine[] {
  const styled = styledIn(reading, text);
  const marked = markedIn(reading, text);
  const lines: ILine[] = [];
  let from = 0;
  let next = 0; // the first colour that reaches into this line
  for (const line of text.split('\n')) {
    const to = from + line.length;
    while (next < styled.length && styled[next]!.to <= from) {
      next += 1;
    }
    const here = marked.filter(one => one.from <= to && one.to >= from);
    const cuts = new Set([from, to]);
    const cut = (one: { from: number; to: number }): unknown => cuts.add(Math.max(from, one.from)).add(Math.min(to, one.to));
    let last = next;
    for (; last < styled.length && styled[last]!.from < to; last++) {
      cut(styled[last]!);
    }
    here.forEach(cut);
    const colours = styled.slice(next, last);
    lines.push({ spans: spansOf(text, [...cuts].sort((one, other) => one - other), colours, here), severity: worstOf(here.filter(one => one.from >= from)) });
    from = to + 1;
  }
  return lines;
}

function spansOf(text: string, cuts: readonly number[], styled: readonly IStyled[], marked: readonly IMarked[]): readonly ISpan[] {
  const spans: ISpan[] = [];
  for (let index = 1; index < cuts.length; index++) {
    const [from, to] = [cuts[index - 1]!, cuts[index]!];
    const over = marked.filter(one => one.from <= from && one.to >= to);
    const mark = over.find(one => one.mark.severity === 'error') ?? over[0];
    spans.push({ text: text.slice(from, to), style: styled.find(one => one.from <= from && one.to >= to)?.style ?? 'plain', mark: mark?.mark ?? null });
  }
  return spans;
}

function worstOf(marked: readonly IMarked[]): ILine['severity'] {
  return marked.some(({ mark }) => mark.severity === 'error') ? 'error' : (marked[0]?.mark.severity ?? null);
}

/** The marks in the order of the text. One of no width has that of the letter behind it, or before it at the end of a line. */
export function markedIn(reading: IReading, text: string): readonly IMarked[] {
  const carry = carrier(reading.text, text);
  const marked = reading.marks.slice(0, MOST_MARKS).map(mark => {
    const start = positionOf(reading.text, mark.line, mark.column);
    let [from, to] = carry(start, Math.max(start, positionOf(reading.text, mark.endLine, mark.endColumn)));
    if (from === to && to < text.length && text[to] !== '\n') {
      to += 1;
    } else if (from === to && from > 0 && text[from - 1] !== '\n') {
      from -= 1;
    }
    return { from, to, mark };
  });
  return marked.sort((one, other) => one.from - other.from);
}

interface IStyled {
  readonly from: number;
  readonly to: number;
  readonly style: string;
}

function styledIn({ text: before, pieces }: IReading, text: string): readonly IStyled[] {
  const carry = carrier(before, text);
  const styled: IStyled[] = [];
  let [at, taken] = [0, 0];
  for (const [style, part] of pieces) {
    const [from, to] = carry(at, at + part.length);
    if (to > Math.max(from, taken)) {
      styled.push({ from: Math.max(from, taken), to, style });
      taken = to;
    }
    at += part.length;
  }
  return at === before.length ? styled : []; // the colours of another text
}

/** Where a part of a text is after one change. What is typed at the end of a part belongs to it. */
function carrier(before: string, now: string): (from: number, to: number) => [number, number] {
  const most = Math.min(before.length, now.length);
  let start = 0;
  while (start < most && before[start] === now[start]) {
    start += 1;
  }
  start -= start > 0 && isHigh(before.charCodeAt(start - 1)) ? 1 : 0; // never between the halves of a character
  let rest = 0;
  while (rest < most - start && before[before.length - 1 - rest] === now[now.length - 1 - rest]) {
    rest += 1;
  }
  rest -= rest > 0 && isLow(now.charCodeAt(now.length - rest)) ? 1 : 0;
  const [end, shift] = [before.length - rest, now.length - before.length];
  return (from, to) => {
    const first = from >= end ? from + shift : from <= start ? from : end + shift;
    const last = to >= end ? to + shift : Math.min(to, start);
    return [first, Math.max(first, last)];
  };
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}

/** The place of a line and a column, both from 0; what lies outside is brought inside. */
export function positionOf(text: string, line: number, column: number): number {
  let from = 0;
  for (let left = line; left > 0; left--) {
    const end = text.indexOf('\n', from);
    if (end < 0) {
      break;
    }
    from = end + 1;
  }
  const end = text.indexOf('\n', from);
  return Math.min(end < 0 ? text.length : end, from + Math.max(0, column));
}

/** The line and the column of a place, both from 0. */
export function placeOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at).split('\n');
  return { line: before.length - 1, column: before.at(-1)!.length };
}
