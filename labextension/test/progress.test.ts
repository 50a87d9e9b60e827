import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { IProgress } from '../src/protocol';
import { progressText, SENTENCES } from '../src/views/progress';
import { FakeHost } from './host';

const { trans } = new FakeHost();
const PYTHON = readFileSync(join(import.meta.dirname, '../../jupyter_ollama/events.py'), 'utf-8');
const TABLE = /^STATUS = \{\n(.*?)^\}/ms.exec(PYTHON)![1]!;

function step(fields: Partial<IProgress>): IProgress {
  return { type: 'progress', step: 'note', status: '', digest: '', completed: null, total: null, facts: {}, ...fields };
}

test('every kind of the kernel has its sentence', () => {
  const kinds = [...TABLE.matchAll(/^ +"(\w+)":/gm)].map(([, kind]) => kind);

  expect(kinds.length).toBeGreaterThan(20);
  expect(Object.keys(SENTENCES).sort()).toEqual(kinds.sort());
});

test.each([
  [{ step: 'pulling', digest: `sha256:${'0123456789ab'.padEnd(64, 'f')}` }, 'Pulling 0123456789ab'],
  [{ step: 'quantizing', facts: { source_type: 'F16', target_type: 'Q4_K_M' } }, 'Quantizing from F16 to Q4_K_M'],
  [{ step: 'converting', facts: { what: 'adapter' } }, 'Converting the adapter'],
  [{ step: 'copying', facts: { what: 'file a b.gguf' } }, 'Copying the file a b.gguf'],
  [{ step: 'checking', facts: { what: '3 blobs' } }, 'Checking 3 blobs'],
  [{ step: 'loading', facts: { what: 'mario:latest' } }, 'Loading mario:latest'],
  [{ step: 'note', facts: { text: 'It works.' } }, 'It works.']
])('%o is %s', (fields, text) => {
  expect(progressText(step(fields), trans)).toBe(text);
});

test('a kind of a later version is told in its English', () => {
  expect(progressText(step({ step: 'polishing', status: 'polishing layers' }), trans)).toBe('polishing layers');
});

test('what is hidden in a name is shown', () => {
  expect(progressText(step({ step: 'loading', facts: { what: 'a\u202eb' } }), trans)).toBe('Loading a\\u{202e}b');
});
