import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PAUSE_MS, WidgetDraft } from '../../src/widgets/draft';
import { FakeModel } from './model';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const TRAITS = { text: 'FROM x', name: 'mario', quantize: 'q8_0', folder: '' };
const DRAFT = { modelfile: 'FROM x', name: 'mario', quantize: 'q8_0', folder: '' };

test('a draft begins with what Python has set', () => {
  expect(new WidgetDraft(new FakeModel(TRAITS)).snapshot()).toEqual(DRAFT);
  expect(new WidgetDraft(new FakeModel({ text: 7 })).snapshot().modelfile).toBe('');
});

test('Python is told when the typing pauses, and only what is new', () => {
  const model = new FakeModel(TRAITS);
  const save = vi.spyOn(model, 'save_changes');
  const draft = new WidgetDraft(model);

  for (const modelfile of ['F', 'FR', 'FROM y']) {
    draft.change({ ...DRAFT, modelfile });
    vi.advanceTimersByTime(PAUSE_MS - 1);
  }
  expect(model.get('text')).toBe('FROM x');
  vi.advanceTimersByTime(1);

  expect(model.get('text')).toBe('FROM y');
  expect(save).toHaveBeenCalledTimes(1);
});

test('what Python sets takes the place of what was typed, and all views hear of it', () => {
  const model = new FakeModel(TRAITS);
  const draft = new WidgetDraft(model);
  const heard = vi.fn();
  draft.subscribe(heard);
  draft.change({ ...DRAFT, modelfile: 'typed', quantize: '' });

  model.set('text', 'FROM python');
  vi.advanceTimersByTime(PAUSE_MS);

  expect(draft.snapshot()).toEqual({ ...DRAFT, modelfile: 'FROM python', quantize: '' });
  expect([model.get('text'), model.get('quantize')]).toEqual(['FROM python', '']);
  expect(heard).toHaveBeenCalled();
});

test('what is told at once is not told again', () => {
  const model = new FakeModel(TRAITS);
  const draft = new WidgetDraft(model);
  draft.change({ ...DRAFT, name: 'luigi' });
  draft.tell();
  expect(model.get('name')).toBe('luigi');
  const save = vi.spyOn(model, 'save_changes');

  vi.advanceTimersByTime(PAUSE_MS);

  expect(save).not.toHaveBeenCalled();
});
