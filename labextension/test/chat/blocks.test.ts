import { expect, test } from 'vitest';
import { BlockSplitter } from '../../src/views/chat/blocks';

function split(text: string): string[] {
  return new BlockSplitter().split(text).map(block => block.text);
}

test('paragraphs and headings are blocks', () => {
  expect(split('One\nline.\n\nTwo.\n# Head\nThree.\n')).toEqual(['One\nline.\n\n', 'Two.\n', '# Head\nThree.\n']);
});

test('a list with blank lines and nested code stays together, and what follows it does not', () => {
  const list = '1. one\n\n   ```py\nx = 1\n\ny = 2\n   ```\n\n2. two\n\n   more\n\n';
  expect(split(`${list}After.\n`)).toEqual([list, 'After.\n']);
});

test.each([
  ['fences', '```py\na\n\nb\n```\n'],
  ['fences in longer fences', '````md\n```\n\n# no\n```\n````\n'],
  ['fences of tildes', '~~~\n```\n\n# no\n~~~\n'],
  ['formulas', '$$\na\n\nb\n$$\n'],
  ['formulas in brackets', '\\[\na\n\n# b\n\\]\n'],
  ['elements', '<details>\n<summary>x</summary>\n\nSome **text**.\n\n</details>\n'],
  ['comments', '<!--\n\n# no\n\n-->\n'],
  ['tables', '| a | b |\n| - | - |\n| 1 | 2 |\n']
])('%s stay together', (_, text) => {
  expect(split(`Before.\n\n${text}\nAfter.\n`).map(block => block.trimEnd())).toEqual(['Before.', text.trimEnd(), 'After.']);
});

test('indented code stays with what is before it', () => {
  expect(split('Before.\n\n    a\n\n    b\n\nAfter.\n')).toEqual(['Before.\n\n    a\n\n    b\n\n', 'After.\n']);
});

test('a formula on one line and an empty element open nothing', () => {
  expect(split('$$a$$\n\n<br>\n\nAfter.\n')).toHaveLength(3);
});

test('the same blocks come of a text that grows letter by letter', () => {
  const text = '# A\n\nText.\n\n- a\n- b\n\n```js\nx\n\n```\n\n| a |\n| - |\n\nEnd';
  const growing = new BlockSplitter();
  for (let length = 1; length <= text.length; length++) {
    growing.split(text.slice(0, length));
  }
  expect(growing.split(text)).toEqual(new BlockSplitter().split(text));
});

test('what is finished does not change while the text grows', () => {
  const text = 'One.\n\n- a\n- b\n\n```\ncode\n\nmore\n```\nTwo.\n\n> three\n\nFour\n'.repeat(20);
  const growing = new BlockSplitter();
  let before: string[] = [];
  for (let length = 1; length <= text.length; length += 3) {
    const blocks = growing.split(text.slice(0, length)).map(block => block.text);
    expect(blocks.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
    before = blocks;
  }
});

test('blocks without cuts are the text', () => {
  const text = 'a\n\n\nb\n\n```\nc\n```\n\n1. d\n\n2. e\nf\n';
  expect(split(text).join('')).toBe(text);
});

test('a text that does not go on with the one before begins anew', () => {
  const splitter = new BlockSplitter();
  splitter.split('One.\n\nTwo.\n\nThree');
  expect(splitter.split('Other.\n\nText.\n').map(block => block.text)).toEqual(['Other.\n\n', 'Text.\n']);
});

test('long code is cut into fences that join, and loses no line', () => {
  const lines = Array.from({ length: 2000 }, (_, index) => `line_${index} = ${index}`);
  const blocks = new BlockSplitter().split(`\`\`\`python\n${lines.join('\n')}\n\`\`\`\nAfter.\n`);

  expect(blocks.length).toBeGreaterThan(5);
  expect(blocks.map(block => block.joins)).toEqual(blocks.map((_, index) => index > 0 && index < blocks.length - 1));
  for (const block of blocks.slice(0, -1)) {
    expect(block.text).toMatch(/^```python\n[^`]*```\n$/);
    expect(block.text.length).toBeLessThan(5000);
  }
  const code = blocks.slice(0, -1).flatMap(block => block.text.split('\n').filter(line => !line.startsWith('```') && line !== ''));
  expect(code).toEqual(lines);
});

test.each([
  ['one line', 'word '.repeat(40_000)],
  ['one word', 'x'.repeat(200_000)],
  ['one list', '- item of a list\n'.repeat(10_000)],
  ['one paragraph', 'line of a paragraph\n'.repeat(10_000)],
  ['a formula that does not end', `$$\n${'x + \n'.repeat(40_000)}`],
  ['an element that does not end', `<div>\n${'text\n'.repeat(40_000)}`]
])('%s without end is cut all the same', (_, text) => {
  const blocks = split(text);
  expect(Math.max(...blocks.map(block => block.length))).toBeLessThanOrEqual(17_000);
  expect(blocks.join('')).toBe(text);
});

test('no pair of surrogates is cut in two', () => {
  for (const block of split(`x${'😀'.repeat(20_000)}`)) {
    expect(() => encodeURIComponent(block)).not.toThrow();
  }
});

test('definitions of links reach the blocks that use them', () => {
  const blocks = split('See [the docs][d] and [x].\n\nNothing.\n\n[d]: https://example.org\n');
  expect(blocks[0]).toContain('[d]: https://example.org');
  expect(blocks[1]).not.toContain('example.org');
});
