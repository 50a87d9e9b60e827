import { beforeEach, expect, test } from 'vitest';
import { BrowserDrafts, EMPTY, type IDraft } from '../../src/views/create/drafts';

const MARIO: IDraft = { name: 'mario', modelfile: 'FROM pocket\n', quantize: 'q8_0', folder: '/work' };

beforeEach(() => localStorage.clear());

test('a draft is found again, each kernel its own', () => {
  new BrowserDrafts('one').save(MARIO);

  expect(new BrowserDrafts('one').load()).toEqual(MARIO);
  expect(new BrowserDrafts('two').load()).toEqual(EMPTY);
});

test('an empty draft and one that is too long are not kept', () => {
  const drafts = new BrowserDrafts('one');
  drafts.save(MARIO);
  drafts.save({ ...MARIO, modelfile: 'x'.repeat(200_001) });
  expect(localStorage).toHaveLength(0);

  drafts.save(EMPTY);

  expect(localStorage).toHaveLength(0);
});

test('ten drafts are kept, the last ones', () => {
  for (let kernel = 0; kernel < 15; kernel++) {
    new BrowserDrafts(`k${kernel}`, localStorage, () => 1_000 + kernel).save(MARIO);
  }

  expect(localStorage).toHaveLength(10);
  expect(new BrowserDrafts('k4').load()).toEqual(EMPTY);
  expect(new BrowserDrafts('k5').load()).toEqual(MARIO);
});

test.each(['{', '7', 'null', '{"name": 1}', '{"name":"","modelfile":"","quantize":"","folder":[]}', `{"name":"${'x'.repeat(5000)}","modelfile":"","quantize":"","folder":""}`])(
  'what is no draft counts as none: %s',
  kept => {
    localStorage.setItem('jupyter_ollama:create:one', kept);

    expect(new BrowserDrafts('one').load()).toEqual(EMPTY);
  }
);

test('a browser that keeps nothing does no harm', () => {
  const refuses = (): never => {
    throw new DOMException('no');
  };
  const drafts = new BrowserDrafts('one', { getItem: refuses, setItem: refuses, removeItem: refuses, key: refuses, length: 3 });

  drafts.save(MARIO);

  expect(drafts.load()).toEqual(EMPTY);
});
