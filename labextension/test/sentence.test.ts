import { expect, test } from 'vitest';
import { faultTexts, phrase, sentence } from '../src/views/sentence';
import { textsOf } from '../src/widgets/texts';

const chinese = textsOf({ 'no model %1 in the store.': '模型库中没有模型 %1。', 'Pull it.': '请拉取它。', '%1 of %2': '%2 的 %1', 'the model': '模型', '100%% sure': '百分之百' });

test('a sentence is said in the language of the catalogue, and what fills it, too', () => {
  expect(sentence(['no model %1 in the store.', "'x'"], chinese)).toBe("模型库中没有模型 'x'。");
  expect(sentence(['%1 of %2', ['the model'], 'the model'], chinese)).toBe('the model 的 模型');
  expect(phrase('100% sure', chinese)).toBe('百分之百');
});

test('a sentence that the catalogue does not know stays English', () => {
  expect(sentence(['It is %1 full, at 100%%.', 'half'], chinese)).toBe('It is half full, at 100%.');
  expect(phrase('at 5 %1', chinese)).toBe('at 5 %1');
});

test('what fills a sentence is never a pattern', () => {
  expect(sentence(['no model %1 in the store.', '%1 %% Pull it.'], chinese)).toBe('模型库中没有模型 %1 %% Pull it.。');
});

test('a fault says what happened and what to do; one that the front end made has no patterns', () => {
  const words = [['no model %1 in the store.', 'x'], ['Pull it.']] as const;

  expect(faultTexts({ kind: 'ModelNotFound', text: 'no model x in the store.', hint: 'Pull it.', words, facts: {} }, chinese)).toEqual({ text: '模型库中没有模型 x。', hint: '请拉取它。' });
  expect(faultTexts({ kind: 'Closed', text: 'The way is %1 closed.', hint: '', facts: {} }, chinese)).toEqual({ text: 'The way is %1 closed.', hint: '' });
});
