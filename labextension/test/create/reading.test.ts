import { expect, test } from 'vitest';
import type { IMark, Piece } from '../../src/protocol';
import { type IReading, linesOf, markedIn, placeOf, positionOf, UNREAD } from '../../src/views/create/reading';

function mark(line: number, column: number, endColumn: number, severity: IMark['severity'] = 'error'): IMark {
  return { line, column, endLine: line, endColumn, severity, text: severity, words: [severity] };
}

function reading(pieces: readonly Piece[], ...marks: IMark[]): IReading {
  return { text: pieces.map(([, text]) => text).join(''), pieces, marks };
}

/** Lines as they are drawn: `instruction(FROM) x`; what is wrong stands in `!`. */
function drawn(read: IReading, text = read.text): string[] {
  return linesOf(read, text).map(({ spans, severity }) => {
    const parts = spans.map(one => (one.style === 'plain' ? one.text : `${one.style}(${one.text})`)).map((part, index) => (spans[index]!.mark === null ? part : `!${part}!`));
    return `${severity === null ? '' : `${severity}: `}${parts.join('')}`;
  });
}

const FROM: readonly Piece[] = [['instruction', 'FROM'], ['plain', ' pocket\n'], ['instruction', 'SYS'], ['plain', ' "'], ['string', 'a\nb'], ['plain', '"']];

test('lines have their colours, and colours go on over lines', () => {
  expect(drawn(reading(FROM))).toEqual(['instruction(FROM) pocket', 'instruction(SYS) "string(a)', 'string(b)"']);
});

test('colours go along with what is typed, at their end as well', () => {
  expect(drawn(reading(FROM), FROM.map(([, text]) => text).join('').replace('SYS', 'SYST'))).toEqual(['instruction(FROM) pocket', 'instruction(SYST) "string(a)', 'string(b)"']);
  expect(drawn(reading(FROM), '# new\nFROM pocket\nSYS "a\nb"')).toEqual(['# new', 'instruction(FROM) pocket', 'instruction(SYS) "string(a)', 'string(b)"']);
});

test('a text that was never read has no colours, and colours of another text are not used', () => {
  expect(drawn(UNREAD, 'FROM x\n')).toEqual(['FROM x', '']);
  expect(drawn({ ...reading(FROM), text: 'FROM' })).toEqual(['FROM']);
});

test('what is wrong is marked, an error before a warning, and moves with the text', () => {
  const read = reading(FROM, mark(0, 5, 11, 'warning'), mark(0, 8, 11), mark(1, 0, 3));

  expect(drawn(read).slice(0, 2)).toEqual(['error: instruction(FROM) !poc!!ket!', 'error: !instruction(SYS)! "string(a)']);
  expect(linesOf(read, read.text)[0]!.spans.map(one => one.mark?.severity)).toEqual([undefined, undefined, 'warning', 'error']);
  expect(drawn(read, `\n${read.text}`)[2]).toBe('error: !instruction(SYS)! "string(a)');
});

test('a mark without width is seen: at the letter behind it, else before it', () => {
  const read = reading([['plain', 'ab\n']], mark(0, 1, 1), mark(0, 2, 2), mark(1, 0, 0));

  expect(markedIn(read, read.text).map(({ from, to }) => [from, to])).toEqual([[1, 2], [1, 2], [3, 3]]);
  expect(drawn(read)).toEqual(['error: a!b!', 'error: ']);
});

test('a change never parts the halves of a character', () => {
  const read = reading([['string', '😀'], ['plain', 'x']]);

  for (const { spans } of linesOf(read, '😁x')) {
    expect(spans.every(({ text }) => !/^[\udc00-\udfff]|[\ud800-\udbff]$/.test(text))).toBe(true);
  }
});

test('places outside of the text are brought inside', () => {
  const text = 'FROM 😀\nx';

  expect([positionOf(text, 0, 7), positionOf(text, 1, 0), positionOf(text, 99, 99), positionOf(text, -5, -5)]).toEqual([7, 8, 9, 0]);
  expect([placeOf(text, 7), placeOf(text, 8), placeOf(text, 9)]).toEqual([{ line: 0, column: 7 }, { line: 1, column: 0 }, { line: 1, column: 1 }]);
});
