import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
// @ts-expect-error: a script of the build, without types
import { collect, translations } from '../scripts/strings.mjs';

const ROOT = join(import.meta.dirname, '..');
const PLACE = /%\d/g;

interface IFound {
  readonly singular: ReadonlyMap<string, string>;
  readonly plural: ReadonlyMap<string, string>;
  readonly unreadable: readonly string[];
}

const found = collect(ROOT) as IFound;
const chinese = translations(ROOT, 'zh_CN') as Record<string, Record<string, string>>;
const translated = new Map(Object.values(chinese).flatMap(Object.entries));
const ofTheKernel = new Set(Object.entries(chinese).flatMap(([file, texts]) => (file.includes('/kernel/') ? Object.keys(texts) : []))); // see tests/test_sentences.py
const asked = [...new Set([...found.singular.keys(), ...found.plural.keys()])];

test('every text is a literal', () => {
  expect(found.unreadable).toEqual([]);
});

test('every text of the front end has its Chinese, and no Chinese is left over', () => {
  expect({
    missing: asked.filter(text => !translated.has(text)),
    leftOver: [...translated.keys()].filter(text => !asked.includes(text) && !ofTheKernel.has(text))
  }).toEqual({ missing: [], leftOver: [] });
});

test('a translation has the places of its text', () => {
  const places = (text: string): string[] => [...new Set(text.match(PLACE))].sort();
  const many = (text: string): string => found.plural.get(text) ?? text;

  expect([...translated].filter(([text, chinese]) => places(many(text)).join() !== places(chinese).join())).toEqual([]);
});

test('one text is translated in one way', () => {
  const seen = new Map<string, string>();
  const twice = Object.values(chinese)
    .flatMap(Object.entries<string>)
    .filter(([text, chinese]) => (seen.get(text) ?? chinese) !== chinese || !seen.set(text, chinese));

  expect(twice).toEqual([]);
});

test('no text is both with and without a plural: JupyterLab keeps one of them', () => {
  expect(asked.filter(text => found.singular.has(text) && found.plural.has(text))).toEqual([]);
});

test('the catalogue is what JupyterLab reads', () => {
  execFileSync(process.execPath, ['scripts/catalogue.mjs'], { cwd: ROOT });
  const file = join(ROOT, '../jupyter_ollama/locale/zh_CN/LC_MESSAGES/jupyter_ollama.json');
  const { '': head, ...texts } = JSON.parse(readFileSync(file, 'utf-8')) as Record<string, string[]>;

  expect(head).toMatchObject({ domain: 'jupyter_ollama', language: 'zh-CN' });
  expect(Object.keys(texts).sort()).toEqual([...translated.keys()].sort());
  for (const [english, forms] of Object.entries(texts)) {
    expect(forms).toHaveLength(found.plural.has(english) ? 2 : 1);
  }
});
