import { afterEach, expect, test } from 'vitest';
import { ago, bytes, count, exactly, left, percent } from '../src/views/format';

afterEach(() => document.documentElement.removeAttribute('lang'));

function speak(language: string): void {
  document.documentElement.lang = language;
}

test.each([
  [0, '0B'],
  [999, '999B'],
  [1_000, '1 kB'],
  [1_550_000, '1.5 MB'],
  [4_700_000_000, '4.7 GB'],
  [12_900_000_000, '12 GB'],
  [3_000_000_000_000, '3 TB']
])('%i bytes are %s', (amount, text) => {
  speak('en');

  expect(bytes(amount)).toBe(text);
});

test.each([
  [0, '0:00'],
  [-5_000, '0:00'],
  [1, '0:01'],
  [272_000, '4:32'],
  [3_723_000, '1:02:03'],
  [100 * 3_600_000, '100:00:00']
])('%i ms are left as %s', (milliseconds, text) => {
  expect(left(milliseconds)).toBe(text);
});

test('times are told as people do, and exactly', () => {
  speak('en');
  const now = Date.parse('2026-06-15T12:00:00Z');

  expect(ago(now - 10_000, now)).toBe('now');
  expect(ago(now - 5 * 60_000, now)).toBe('5 minutes ago');
  expect(ago(now - 26 * 3_600_000, now)).toBe('yesterday');
  expect(ago(now - 40 * 86_400_000, now)).toBe('last month');
  expect(exactly(now)).toContain('2026');
});

test("what is no time, and Go's zero time, say nothing", () => {
  for (const moment of [NaN, Infinity, Date.parse('0001-01-01T00:00:00Z')]) {
    expect(ago(moment, Date.now())).toBe('');
    expect(exactly(moment)).toBe('');
  }
});

test('a small share is not nothing', () => {
  speak('en');

  expect([0, 0.0001, 0.42, 1].map(percent)).toEqual(['0%', '<1%', '42%', '100%']);
});

test('all follow the language of the page, whatever it says', () => {
  speak('zh-CN');
  expect(ago(Date.now() - 3 * 86_400_000, Date.now())).toBe('3天前');
  speak('de_DE');
  expect(count(128_256)).toBe('128.256');

  speak('no language at all');

  expect(count(7)).toBe('7');
});
