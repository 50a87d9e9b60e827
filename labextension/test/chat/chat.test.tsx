import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, expect, test } from 'vitest';
import { PREFERENCES } from '../../src/host';
import type { IChunk, IOption } from '../../src/protocol';
import { Chat } from '../../src/views/chat';
import { FakeHost, renderIn } from '../host';
import { details, model, type Reply, scripted } from '../scripted';
import { answer } from './turns';

beforeEach(() => localStorage.clear());

const OPTIONS: IOption[] = [
  { name: 'temperature', type: 'float', default: 0.8, minimum: 0, maximum: 2, text: 'Heat.', group: 'sampling' },
  { name: 'stop', type: 'strings', default: null, minimum: null, maximum: null, text: 'Ends.', group: 'length' },
  { name: 'use_mmap', type: 'bool', default: null, minimum: null, maximum: null, text: 'Map.', group: 'runner' }
];

function chat({ models = [model('mario:latest')], opened = {}, host = new FakeHost(), place = { tab: 'chat' } as const } = {}) {
  const replies: Reply<'chat'>[] = [];
  const { client, kernel, library } = scripted(
    {
      options: () => OPTIONS,
      open: ({ name }) => details({ ...models.find(one => one.name === name)!, context: 2048, ...opened }),
      chat: (_, reply) => void replies.push(reply)
    },
    models
  );
  const went: object[] = [];
  renderIn(host, <Chat client={client} library={library} kernel="k" place={place} go={to => went.push(to)} shown />);
  return { kernel, host, replies, went };
}

const box = (): HTMLElement => screen.getByRole('textbox', { name: 'Your message' });

async function ask(text: string): Promise<void> {
  await userEvent.type(box(), `${text}{Enter}`);
}

function chunk(fields: Partial<IChunk>): IChunk {
  return { type: 'chunk', content: '', thinking: '', toolCalls: [], ...fields };
}

async function give(reply: Reply<'chat'> | undefined, content: string): Promise<void> {
  await act(async () => reply!.result(answer(content)));
}

test('Enter sends, the answer is drawn as it comes, and its figures below it', async () => {
  const { replies, kernel } = chat();
  await ask('Who are you?');
  expect(box()).toHaveValue('');
  expect(screen.getByText('Who are you?')).toBeVisible();
  act(() => replies[0]!.event(chunk({ content: 'I am' })));
  await screen.findByText('I am');

  await give(replies[0], 'I am Mario.');
  await screen.findByText('I am Mario.');
  expect(screen.getByText('8 tokens/s · 10 tokens · 2 s · seed 42')).toBeVisible();
  expect(screen.getByRole('status')).toHaveTextContent('Answer: I am Mario.');
  expect(kernel.askedOf('chat')).toHaveLength(1);
});

test('Shift+Enter is a new line, and Enter belongs to an input method that composes', async () => {
  const { kernel } = chat();
  await userEvent.type(box(), 'ni{Shift>}{Enter}{/Shift}hao');
  fireEvent.keyDown(box(), { key: 'Enter', isComposing: true });
  fireEvent.keyDown(box(), { key: 'Enter', keyCode: 229 });

  expect(box()).toHaveValue('ni\nhao');
  expect(kernel.askedOf('chat')).toHaveLength(0);
});

test('who wants it the other way round sends with Shift+Enter', async () => {
  const host = new FakeHost();
  host.preferences = { ...PREFERENCES, enterSends: false };
  const { kernel } = chat({ host });
  await userEvent.type(box(), 'one{Enter}two{Shift>}{Enter}{/Shift}');

  await waitFor(() => expect(kernel.askedOf('chat')[0]?.messages[0]?.content).toBe('one\ntwo'));
});

test('nothing is sent while nothing is typed or an answer comes, and what is typed meanwhile stays', async () => {
  const { kernel, replies } = chat();
  await ask('   ');
  expect(kernel.askedOf('chat')).toHaveLength(0);
  await userEvent.clear(box());
  await ask('One');
  await ask('Two');
  expect(kernel.askedOf('chat')).toHaveLength(1);
  expect(box()).toHaveValue('Two');
  await give(replies[0], '1');
  await userEvent.click(screen.getByRole('button', { name: 'Send (Enter)' }));
  await waitFor(() => expect(kernel.askedOf('chat')).toHaveLength(2));
});

test('Escape and the button stop', async () => {
  const { kernel, replies } = chat();
  await ask('Count.');
  await userEvent.keyboard('{Escape}');
  await waitFor(() => expect(kernel.askedOf('cancel')).toHaveLength(1));
  await act(async () => replies[0]!.result(answer('1', { reason: 'cancelled' })));
  expect(screen.getByText('Stopped.')).toBeVisible();

  await ask('Count again.');
  await userEvent.click(screen.getByRole('button', { name: 'Stop the answer (Escape)' }));
  await waitFor(() => expect(kernel.askedOf('cancel')).toHaveLength(2));
});

test('thoughts are open while they are all there is, then folded with their time', async () => {
  const { replies } = chat();
  await ask('Hm?');
  act(() => replies[0]!.event(chunk({ thinking: 'Who asks?' })));
  await screen.findByText('Who asks?');
  expect(screen.getByRole('button', { name: /^Thinking/ })).toHaveAttribute('aria-expanded', 'true');
  act(() => replies[0]!.event(chunk({ content: 'Me.' })));
  const folded = await screen.findByRole('button', { name: /^Thought for/ });
  expect(screen.queryByText('Who asks?')).toBeNull();
  await userEvent.click(folded);
  await screen.findByText('Who asks?');
});

test('tool calls and their results are shown', async () => {
  const { replies } = chat();
  await ask('Rain?');
  const call = { name: 'look', arguments: { where: 'Rome' }, id: '1' };
  act(() => {
    replies[0]!.event(chunk({ toolCalls: [call] }));
    replies[0]!.event({ type: 'tool', call, result: 'rain in Rome', outcome: 'done' });
  });
  await screen.findByText('look(where="Rome")');
  expect(screen.getByText('answered')).toBeVisible();
  expect(screen.getByText('rain in Rome')).toBeInTheDocument();
});

test('an answer had again and a question edited are versions one can go between', async () => {
  const { kernel, replies } = chat();
  await ask('One');
  await give(replies[0], 'First.');
  await userEvent.click(await screen.findByRole('button', { name: 'Answer again' }));
  await waitFor(() => expect(replies).toHaveLength(2));
  await give(replies[1], 'Second.');
  await screen.findByText('Second.');
  expect(screen.getByText('2/2')).toBeVisible();
  await userEvent.click(screen.getByRole('button', { name: 'Version before' }));
  await screen.findByText('First.');

  await userEvent.click(screen.getByRole('button', { name: 'Edit the question' }));
  const editor = screen.getByRole('textbox', { name: 'Edit the question' });
  expect(editor).toHaveFocus();
  await userEvent.type(editor, ' more{Enter}');
  await waitFor(() => expect(kernel.askedOf('chat')).toHaveLength(3));
  expect(kernel.askedOf('chat')[2]?.messages).toEqual([{ role: 'user', content: 'One more' }]);
  await give(replies[2], 'Third.');
  await userEvent.click(screen.getByRole('button', { name: 'Version before' }));
  await screen.findByText('First.');
});

test('editing ends with Escape and stops nothing', async () => {
  const { kernel, replies } = chat();
  await ask('One');
  await give(replies[0], '1');
  await ask('Two');
  await userEvent.click(screen.getAllByRole('button', { name: 'Edit the question' })[0]!);
  await userEvent.keyboard('{Escape}');
  expect(screen.queryByRole('textbox', { name: 'Edit the question' })).toBeNull();
  expect(kernel.askedOf('cancel')).toHaveLength(0);
});

test('an error is said with its hint, and can be tried again', async () => {
  const { replies, kernel } = chat();
  await ask('Hi');
  await act(async () => replies[0]!.error('OutOfMemory', 'There is no room.', 'Unload a model.'));
  expect(screen.getByRole('alert')).toHaveTextContent('There is no room.Unload a model.');
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
  await waitFor(() => expect(kernel.askedOf('chat')).toHaveLength(2));
});

test('a kernel that goes away leaves the words that came and says so', async () => {
  const { replies, kernel } = chat();
  await ask('Count.');
  act(() => replies[0]!.event(chunk({ content: '1 2' })));
  await act(async () => kernel.onClose?.());
  await screen.findByText('1 2');
  expect(screen.getByText(/The kernel was restarted or stopped/)).toBeVisible();
});

test('parameters show their defaults, only what differs is sent, and each can be reset', async () => {
  const { kernel } = chat({ opened: { parametersSet: { temperature: 0.2 }, capabilities: ['completion', 'thinking'] } });
  await userEvent.click(screen.getByRole('button', { name: 'Show the settings' }));
  const heat = await screen.findByRole('textbox', { name: 'temperature' });
  await waitFor(() => expect(heat).toHaveAttribute('placeholder', '0.2'));
  await userEvent.type(heat, '0.2');
  await userEvent.type(screen.getByRole('textbox', { name: 'stop', hidden: true }), '\\n');
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Thinking' }), 'Off');
  await userEvent.type(screen.getByRole('textbox', { name: 'System text' }), 'Be brief.');
  await ask('Hi');
  await waitFor(() =>
    expect(kernel.askedOf('chat')[0]).toMatchObject({ options: { stop: ['\n'] }, think: false, system: 'Be brief.' })
  );
  await userEvent.click(screen.getByRole('button', { name: 'Reset stop', hidden: true }));
  expect(screen.queryByRole('button', { name: 'Reset stop', hidden: true })).toBeNull();
});

test('a model that cannot think is not asked to', async () => {
  chat();
  await userEvent.click(screen.getByRole('button', { name: 'Show the settings' }));
  await screen.findByRole('textbox', { name: 'temperature' });
  expect(screen.queryByRole('combobox', { name: 'Thinking' })).toBeNull();
});

test('a conversation goes into the notebook as cells', async () => {
  const { host, replies } = chat();
  await ask('One');
  await give(replies[0], 'First.');
  await userEvent.click(screen.getByRole('button', { name: 'Insert the answer into the notebook' }));
  await userEvent.click(screen.getByRole('button', { name: 'More' }));
  await userEvent.click(screen.getByRole('menuitem', { name: 'Insert the conversation as %%chat cells' }));
  expect(host.inserted).toEqual([
    { type: 'markdown', source: 'First.' },
    { type: 'code', source: '%%chat mario:latest --new -o seed=42\nOne' }
  ]);
});

test('where there is no notebook nothing is offered to be inserted', async () => {
  const host = new FakeHost();
  host.insertCells = null;
  const { replies } = chat({ host });
  await ask('One');
  await give(replies[0], 'First.');
  expect(screen.queryByRole('button', { name: /Insert/ })).toBeNull();
  await userEvent.click(screen.getByRole('button', { name: 'Copy the answer' }));
  expect(host.copied).toEqual(['First.']);
});

test('conversations are begun, chosen and deleted', async () => {
  const { host, replies } = chat();
  await ask('One');
  await give(replies[0], 'First.');
  await userEvent.click(screen.getByRole('button', { name: 'New conversation' }));
  expect(box()).toHaveFocus();
  expect(screen.queryByText('First.')).toBeNull();
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Conversation' }), 'One');
  await screen.findByText('First.');
  await userEvent.click(screen.getByRole('button', { name: 'More' }));
  await userEvent.click(screen.getByRole('menuitem', { name: 'Delete the conversation' }));
  await waitFor(() => expect(screen.queryByText('First.')).toBeNull());
  expect(host.confirmed).toHaveLength(1);
});

test('the first model is one that can talk; a visit brings its own', async () => {
  const models = [model('embedder:latest', { capabilities: ['embedding'], modified: '2027-01-01T00:00:00Z' }), model('mario:latest'), model('luigi:latest')];
  const place = { tab: 'chat', model: 'luigi:latest', anew: true } as const;
  const { kernel } = chat({ models, place });
  const chooser = screen.getByRole('combobox', { name: 'Model' });
  expect(chooser).toHaveValue('luigi:latest');
  expect(within(chooser).getByRole('option', { name: 'embedder:latest' })).toBeDisabled();
  expect(box()).toHaveFocus();
  await userEvent.selectOptions(chooser, 'mario:latest');
  await ask('Hi');
  await waitFor(() => expect(kernel.askedOf('chat')[0]?.model).toBe('mario:latest'));
});

test('without a model the way to one is shown', async () => {
  const { went } = chat({ models: [] });
  await userEvent.click(screen.getByRole('button', { name: 'Pull a model' }));
  expect(went).toEqual([{ tab: 'pull' }]);
  expect(screen.getByRole('button', { name: 'Send (Enter)' })).toBeDisabled();
});

test('what hostile texts say is text', async () => {
  const evil = '<img src=x onerror=alert(1)>\u202egnp.exe';
  const { replies } = chat({ models: [model(evil)] });
  await ask(evil);
  await act(async () => replies[0]!.error('<b>x</b>', evil, evil));
  expect(document.querySelector('img, b')).toBeNull();
  expect(document.body.textContent).not.toContain('\u202e');
});

test('axe finds nothing', async () => {
  const { replies } = chat({ opened: { capabilities: ['completion', 'thinking'] } });
  await ask('One');
  await act(async () => {
    replies[0]!.event(chunk({ thinking: 'Hm', content: 'First.', toolCalls: [{ name: 'look', arguments: {}, id: '1' }] }));
    replies[0]!.result(answer('First.'));
  });
  await userEvent.click(await screen.findByRole('button', { name: 'Answer again' }));
  await act(async () => replies[1]!.error('Broken', 'No.', 'Do.'));
  await userEvent.click(screen.getByRole('button', { name: 'Show the settings' }));
  await screen.findByRole('textbox', { name: 'temperature' });

  const { violations } = await axe.run(document.body, { rules: { region: { enabled: false }, 'color-contrast': { enabled: false } } });

  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
});
