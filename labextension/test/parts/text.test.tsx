import { render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { blocksOf, LongText } from '../../src/views/parts/text';
import type { Piece } from '../../src/protocol';

const textOf = (blocks: readonly (readonly Piece[])[]): string[] => blocks.map(block => block.map(([, text]) => text).join(''));

test('a long text is cut at the ends of lines', () => {
  const lines = Array.from({ length: 1_000 }, (_, index) => `line ${index}`).join('\n');

  const blocks = textOf(blocksOf([['plain', lines]]));

  expect(blocks.join('\n')).toBe(lines);
  expect(Math.max(...blocks.map(block => block.length))).toBeLessThanOrEqual(4_000);
});

test('an endless line is cut anywhere but in a pair', () => {
  const endless = '🦙'.repeat(10_000) + 'x';

  const blocks = textOf(blocksOf([['plain', 'x'], ['plain', endless]]));

  expect(blocks.join('')).toBe(`x${endless}`);
  expect(blocks.length).toBeGreaterThan(4);
  expect(blocks.every(block => !/\\u\{d/.test(block))).toBe(true);
});

test('a megabyte becomes few elements, however it is made', () => {
  const pieces: Piece[] = Array.from({ length: 300_000 }, (_, index) => [index % 2 ? 'keyword' : 'plain', 'abc']);

  const { container } = render(<LongText text="" pieces={pieces} label="template" />);

  expect(container.querySelectorAll('*').length).toBeLessThan(5_000);
  expect(container.textContent).toHaveLength(900_000);
});

test('pieces are coloured by known styles only, and nothing in them is markup', () => {
  const pieces: Piece[] = [['keyword', 'range'], ['x" onclick="alert(1)', '<b>bold</b>'], ['string', '\u202eevil\u001b[0m']];

  render(<LongText text="" pieces={pieces} label="template" code />);

  const text = screen.getByRole('region', { name: 'template' });
  expect(Array.from(text.querySelectorAll('[data-style]'), element => element.getAttribute('data-style'))).toEqual(['keyword', 'string']);
  expect(text.querySelector('b')).toBeNull();
  expect(text).toHaveTextContent('range<b>bold</b>\\u{202e}evil\\u{1b}[0m');
});
