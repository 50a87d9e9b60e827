import { render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { Name, visibleName, visibleText } from '../../src/views/parts/visible';

test.each([
  ['\u202egpj.exe', '\\u{202e}gpj.exe'],
  ['a\u0000b\u001b[31m', 'a\\u{0}b\\u{1b}[31m'],
  ['zero\u200bwidth', 'zero\\u{200b}width'],
  ['two\nlines\tand', 'two\\u{a}lines\\u{9}and'],
  ['half \ud800 pair', 'half \\u{d800} pair'],
  ['tag \u{e0041}', 'tag \\u{e0041}']
])('a name hides nothing: %j', (name, shown) => {
  expect(visibleName(name)).toBe(shown);
});

test.each(['mario:latest', 'hf.co/user/模型:Q4_K_M', '🦙', 'naïve', 'שלום'])('a name of letters stays as it is: %s', name => {
  expect(visibleName(name)).toBe(name);
});

test('a text keeps its lines, tabs and emoji, and shows what turns its direction', () => {
  expect(visibleText('a\r\n\tb 👨‍👩‍👧 \u2066')).toBe('a\n\tb 👨‍👩‍👧 \\u{2066}');
});

test('a name is text, isolated from the words around it', () => {
  render(<Name text={'<img src=x onerror="alert(1)">'} />);

  const name = screen.getByText('<img src=x onerror="alert(1)">');
  expect(name.tagName).toBe('BDI');
  expect(name.children).toHaveLength(0);
});
