/**
 * A text of any length: in blocks, of which the browser lays out only those in sight. Lines wrap; nothing in it is markup.
 */

import { useMemo } from 'react';
import type { Piece } from '../../protocol';
import { visibleText } from './visible';

/** Characters of a block; a line that is longer is broken. */
const BLOCK = 4_000;

/** So many named pieces are coloured; what follows stays plain. */
const MOST_PIECES = 4_000;

const STYLES: ReadonlySet<string> = new Set(['keyword', 'variable', 'string', 'number', 'comment', 'operator', 'instruction', 'error']);

/** `pieces` are the same text with its parts named; empty: there are none. `code`: in the font of code. */
export function LongText({ text, pieces = [], label, code = false }: { text: string; pieces?: readonly Piece[]; label: string; code?: boolean }): JSX.Element {
  const blocks = useMemo(() => blocksOf(pieces.length > 0 ? pieces : [['plain', text]]), [text, pieces]);
  return (
    <div className="jo-text" data-code={code ? '' : undefined} role="region" aria-label={label} tabIndex={0}>
      {blocks.map((block, index) => (
        <div key={index} className="jo-block" style={{ containIntrinsicBlockSize: `auto ${heightOf(block)}px` }}>
          {block.map(([style, part], at) => (STYLES.has(style) ? <span key={at} data-style={style}>{part}</span> : part))}
        </div>
      ))}
    </div>
  );
}

/** Pieces cut into blocks, at the ends of lines where there are some. What cannot be seen is escaped. */
export function blocksOf(pieces: readonly Piece[]): readonly (readonly Piece[])[] {
  const blocks: Piece[][] = [];
  let block: Piece[] = [];
  let length = 0;
  const add = (style: string, text: string): void => {
    if (text !== '') {
      block.push([style, text]);
      length += text.length;
    }
  };
  for (const [style, raw] of merged(pieces)) {
    let text = visibleText(raw);
    while (length + text.length >= BLOCK) {
      const cut = cutOf(text, BLOCK - length);
      add(style, text.slice(0, cut.end));
      blocks.push(block);
      [block, length, text] = [[], 0, text.slice(cut.next)];
    }
    add(style, text);
  }
  return block.length > 0 ? [...blocks, block] : blocks;
}

/** Where to end a block within `room` characters, and where the next begins: after a line end, else anywhere but in a pair. */
function cutOf(text: string, room: number): { end: number; next: number } {
  const line = text.lastIndexOf('\n', room);
  if (line >= 0) {
    return { end: line, next: line + 1 };
  }
  const first = text.charCodeAt(room - 1);
  const end = first >= 0xd800 && first <= 0xdbff ? room - 1 : room;
  return { end, next: end };
}

function merged(pieces: readonly Piece[]): readonly Piece[] {
  if (pieces.length <= MOST_PIECES) {
    return pieces;
  }
  const rest = pieces.slice(MOST_PIECES).map(([, text]) => text);
  return [...pieces.slice(0, MOST_PIECES), ['plain', rest.join('')]];
}

/** About the height of a block, until the browser knows. */
function heightOf(block: readonly Piece[]): number {
  const lines = block.reduce((sum, [, text]) => sum + text.split('\n').length - 1 + text.length / 60, 1);
  return Math.round(lines * 18);
}
