import { afterEach, expect, test, vi } from 'vitest';
import type { IMessage } from '../../src/protocol';
import { toMessages } from '../../src/views/chat/conversation';
import { path } from '../../src/views/chat/tree';
import { SILENCE } from '../../src/widgets/channel';
import { renderMarkdown } from '../../src/widgets/markdown';
import { WidgetSession } from '../../src/widgets/session';
import { textsOf } from '../../src/widgets/texts';
import { Transcript, treeOf } from '../../src/widgets/transcript';
import { hello } from '../scripted';
import { FakeModel } from './model';

afterEach(() => vi.useRealTimers());

const ASKED = { model: 'mario', system: '', think: null, options: {} };

test('texts are filled as JupyterLab fills them, in the language of the catalogue', () => {
  const { __, _n } = textsOf({ 'Delete %1?': '删除 %1？', '%1 model': '%1 个模型' });

  expect([__('Delete %1?', 'mario'), __('100%% of %1', 'x'), __('constructor'), _n('%1 model', '%1 models', 2), _n('%1 file', '%1 files', 2)]).toEqual([
    '删除 mario？',
    '100% of x',
    'constructor',
    '2 个模型',
    '2 files'
  ]);
});

test.each([
  ['scripts', '<script>window.hit = 1</script>a', 'script'],
  ['handlers', '<b onclick="window.hit = 1">a</b>', '[onclick]'],
  ['pictures from elsewhere', '![a](https://e.org/?q=secret)', 'img'],
  ['addresses that are scripts', '[a](javascript:alert(1))', '[href^=javascript]'],
  ['fields', '<form action="https://e.org"><input name="a"></form>a', 'form, input'],
  ['styles', '<style>* { display: none }</style><p style="position: fixed">a</p>', 'style, [style]']
])('of Markdown, %s are left out', async (_, text, selector) => {
  const into = document.createElement('div');
  await renderMarkdown(text, into);

  expect(into.querySelector(selector)).toBeNull();
  expect(into.textContent).toContain('a');
});

test('links lead to a new page', async () => {
  const into = document.createElement('div');
  await renderMarkdown('[a](https://e.org)', into);

  expect(into.querySelector('a')).toMatchObject({ target: '_blank', rel: 'noopener noreferrer' });
});

test('a page hears what is meant for it, and nothing else', () => {
  const model = new FakeModel();
  const session = new WidgetSession(model);
  const page = model.sent[0]!.page;
  const batch = (version: string): object => ({ seq: 1, items: [{ kind: 'hello', hello: hello({ version }) }] });

  model.emit('msg:custom', { page: 'another', batch: batch('9') });
  expect(session.snapshot().client.hello).toBeNull();
  model.emit('msg:custom', { page, batch: batch('1') });
  expect(session.snapshot().client.hello?.version).toBe('1');
});

test('a page that was left begins again under a new name', () => {
  const model = new FakeModel();
  const session = new WidgetSession(model);
  const first = session.snapshot();
  const { page } = model.sent[0]!;

  model.emit('msg:custom', { page, gone: true });

  expect(session.snapshot().client).not.toBe(first.client);
  expect(session.snapshot().state).toBe('open');
  expect(model.sent.at(-1)!.page).not.toBe(page);
});

test('a kernel that says nothing is told of, until it speaks', () => {
  vi.useFakeTimers();
  const model = new FakeModel();
  const session = new WidgetSession(model);
  vi.advanceTimersByTime(SILENCE);
  expect(session.snapshot().state).toBe('silent');

  model.emit('msg:custom', { page: model.sent[0]!.page, batch: { seq: 1, items: [] } });
  expect(session.snapshot().state).toBe('open');
});

test('when the kernel is gone, what is asked ends, and what was pushed stays', async () => {
  const model = new FakeModel();
  const session = new WidgetSession(model);
  const { client, library } = session.snapshot();
  const asked = client.request('options', {});

  model.emit('comm_live_update');

  await expect(asked).rejects.toMatchObject({ kind: 'Closed' });
  expect(session.snapshot()).toMatchObject({ state: 'gone', library });
});

test('messages become a conversation and messages again', () => {
  const messages: IMessage[] = [
    { role: 'user', content: 'Who?' },
    { role: 'assistant', content: 'Mario.' },
    { role: 'user', content: 'Sure?' }
  ];

  expect(toMessages(path(treeOf(messages, ASKED)))).toEqual(messages);
});

test('what Python sets takes the place of what was said', () => {
  const model = new FakeModel({ model: 'mario', messages: [{ role: 'user', content: 'Who?' }] });
  const transcript = new Transcript(model);
  const before = transcript.chats;
  expect(before.snapshot.current.tree.turns.size).toBe(1);

  model.set('system', 'Be brief.');
  expect(transcript.chats).toBe(before);
  expect(before.snapshot.current.settings.system).toBe('Be brief.');
  model.set('messages', []);
  expect(transcript.chats.snapshot.current.tree.turns.size).toBe(0);
});
