import { expect, test } from 'vitest';
import type { IOption } from '../../src/protocol';
import { readValue, sliderStep, toSend, withValue, writeValue } from '../../src/views/chat/parameters';

function option(fields: Partial<IOption>): IOption {
  return { name: 'temperature', type: 'float', default: 0.8, minimum: 0, maximum: 2, text: '', group: 'sampling', ...fields };
}

test('only what differs from what the model does anyway is sent', () => {
  const options = [option({}), option({ name: 'top_k', type: 'int', default: 40, maximum: 1000 }), option({ name: 'stop', type: 'strings', default: null })];

  expect(toSend({ temperature: 0.8, top_k: 40 }, options, {})).toEqual({});
  expect(toSend({ temperature: 0.8, top_k: 41 }, options, { temperature: 0.2 })).toEqual({ temperature: 0.8, top_k: 41 });
  expect(toSend({ stop: ['a'] }, options, { stop: ['a'] })).toEqual({});
});

test('an option is set and taken back', () => {
  expect(withValue({ seed: 1 }, 'top_k', 2)).toEqual({ seed: 1, top_k: 2 });
  expect(withValue({ seed: 1, top_k: 2 }, 'seed', undefined)).toEqual({ top_k: 2 });
});

test.each<[Partial<IOption>, string, unknown]>([
  [{}, '0.5', 0.5],
  [{}, '0,5', 0.5],
  [{}, '', undefined],
  [{}, '3', null],
  [{}, 'warm', null],
  [{ type: 'int', maximum: 100 }, '7', 7],
  [{ type: 'int', maximum: 100 }, '7.5', null],
  [{ type: 'int', minimum: null, maximum: null }, '123456789', 123456789],
  [{ type: 'bool' }, 'true', true],
  [{ type: 'string' }, ' a ', ' a '],
  [{ type: 'strings' }, 'a\n\\n\\n\nb\\\\n', ['a', '\n\n', 'b\\n']]
])('%j reads %j as %j', (fields, text, value) => {
  expect(readValue(option(fields), text)).toEqual(value);
});

test('texts are written as they are read', () => {
  const texts = ['\n\n', 'a\tb', 'back\\slash', '\\n'];
  expect(readValue(option({ type: 'strings' }), writeValue(texts))).toEqual(texts);
});

test('a slider is offered where it is fine enough', () => {
  expect(sliderStep(option({}))).toBe(0.05);
  expect(sliderStep(option({ type: 'int', maximum: 1 << 20 }))).toBeNull();
  expect(sliderStep(option({ type: 'strings', minimum: null, maximum: null }))).toBeNull();
});
