import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { useState } from 'react';
import { beforeEach, expect, test, vi } from 'vitest';
import type { IPreferences } from '../../src/host';
import type { IModel, IRun } from '../../src/protocol';
import { ModelBrowser } from '../../src/views/models/browser';
import type { IWays } from '../../src/views/ways';
import { FakeHost, renderIn } from '../host';
import { details, loaded, model, type Script, scripted } from '../scripted';

beforeEach(() => localStorage.clear());

const DIGEST = 'd'.repeat(64);

function shown(models: readonly IModel[], script: Script = {}, preferences: Partial<IPreferences> = {}) {
  const host = new FakeHost();
  host.preferences = { ...host.preferences, ...preferences };
  const kernel = scripted(script, models);
  const ways = { chat: vi.fn(), edit: vi.fn(), pull: vi.fn() } satisfies IWays;
  const onOpen = vi.fn();
  function Browser(): JSX.Element {
    const [opened, setOpened] = useState<string | null>(null);
    return (
      <ModelBrowser
        {...kernel}
        ways={ways}
        opened={opened}
        onOpen={name => {
          onOpen(name);
          setOpened(name);
        }}
      />
    );
  }
  const view = renderIn(host, <Browser />);
  return { ...kernel, host, ways, onOpen, view };
}

const keyOf = (element: HTMLElement): string => element.getAttribute('data-jo-model') ?? element.querySelector('.jo-base')!.textContent!;
const rows = (): string[] => screen.getAllByRole('treeitem').map(keyOf);

/** The row of a model, or of a group: by its name, or the beginning of it. */
function row(name: string): HTMLElement {
  const all = screen.getAllByRole('treeitem');
  const found = all.find(one => keyOf(one) === name) ?? all.find(one => keyOf(one).startsWith(name));
  expect(found, name).toBeDefined();
  return found!;
}

async function choose(name: string, action: string): Promise<void> {
  fireEvent.contextMenu(row(name));
  await userEvent.click(screen.getByRole('menuitem', { name: action }));
}

function running(fields: Partial<IRun> = {}): IRun {
  const progress = { type: 'progress', step: 'pulling', status: 'pulling', digest: '', completed: 21, total: 50, facts: {} } as const;
  return { run: 7, verb: 'pull', model: 'qwen3:8b', state: 'running', origin: 'cell', progress, failure: '', ...fields };
}

test('each model tells its size, what it is, when it was changed, and what it is the same as', () => {
  shown([model('mario:latest', { digest: DIGEST, size: 4_700_000_000 }), model('luigi:latest', { digest: DIGEST })]);

  expect(row('mario')).toHaveTextContent('mario:latest= luigi:latest4.7 GB1.0BQ4_K_Mllama');
  expect(within(row('mario')).getByTitle('A name without a tag means latest.')).toBeVisible();
  expect(within(row('mario')).getByTitle(/^modified .*2026/)).toBeVisible();
});

test('what lies in a second store or runs elsewhere is marked', () => {
  shown([model('old:latest', { readonly: true }), model('cloud:latest', { remote: 'https://box/big' })]);

  expect(within(row('old')).getByTitle('Lies in a second store, which is only read')).toBeVisible();
  expect(within(row('cloud')).getByTitle('Runs elsewhere: https://box/big')).toBeVisible();
});

test('a search leaves what matches, and says when nothing does', async () => {
  shown([model('mario:latest'), model('peach:latest', { family: 'qwen2' })]);
  const field = screen.getByRole('searchbox');

  await userEvent.type(field, 'qwen');
  expect(rows()).toEqual(['peach:latest']);
  await userEvent.type(field, ' mario');
  expect(screen.getByText('No model matches "qwen mario".')).toBeVisible();
  await userEvent.type(field, '{Escape}');

  expect(rows()).toHaveLength(2);
});

test('the order and what is folded are kept', async () => {
  const models = [model('b:1', { size: 1 }), model('b:2', { size: 2 }), model('a:1', { size: 9 })];
  const { view } = shown(models);
  await userEvent.selectOptions(screen.getByRole('combobox'), 'size');
  await userEvent.click(row('b'));
  expect(rows()).toEqual(['a:1', 'b']);
  view.unmount();

  shown(models);

  expect(rows()).toEqual(['a:1', 'b']);
});

test('until one chooses, the order is what the settings say', () => {
  const models = [model('b:1', { size: 2 }), model('a:1', { size: 1 })];
  shown(models);
  expect(rows()).toEqual(['a:1', 'b:1']);
  cleanup();

  shown(models, {}, { sort: 'size' });

  expect(rows()).toEqual(['b:1', 'a:1']);
});

test('a browser that keeps nothing, or kept something else, does no harm', () => {
  localStorage.setItem('jupyter_ollama:models.order', '"<b>"');
  localStorage.setItem('jupyter_ollama:models.folded', '{"length": -1');

  shown([model('mario:latest')]);

  expect(rows()).toEqual(['mario:latest']);
});

test('the time until a model is unloaded counts down without a word of the kernel', () => {
  vi.useFakeTimers();
  try {
    const { kernel } = shown([model('mario:latest')]);
    const expires = new Date(Date.now() + 300_000).toISOString();
    act(() => kernel.push({ topic: 'loaded', loaded: [loaded('mario:latest', { memory: 5_000_000_000, expires })] }));
    expect(row('mario')).toHaveTextContent('5 GB in memoryfor 5:00');

    act(() => vi.advanceTimersByTime(61_000));
    expect(row('mario')).toHaveTextContent('for 3:59');
    act(() => vi.advanceTimersByTime(240_000));

    expect(row('mario')).toHaveTextContent('about to be unloaded');
    expect(kernel.askedOf('watch')).toHaveLength(1);
    expect(kernel.asked).toHaveLength(1);
  } finally {
    vi.useRealTimers();
  }
});

test('work on a model, whoever started it, shows in its row and can be cancelled there', async () => {
  const { kernel } = shown([model('mario:latest')]);

  act(() => kernel.push({ topic: 'runs', runs: [running(), running({ run: 8, verb: 'chat', model: 'mario', progress: null })] }));

  const pull = screen.getByRole('progressbar', { name: 'Pulling qwen3:8b' });
  expect(pull).toHaveAttribute('aria-valuenow', '42');
  expect(screen.getByRole('progressbar', { name: 'Answering mario' })).not.toHaveAttribute('aria-valuenow');
  await userEvent.click(screen.getByRole('button', { name: 'Cancel: Pulling qwen3:8b' }));
  expect(kernel.askedOf('cancel')).toEqual([{ run: 7 }]);
});

test('the keyboard opens, marks, folds and calls the menu', async () => {
  const { onOpen } = shown([model('a:1'), model('b:1'), model('b:2')], { open: () => undefined });
  await userEvent.selectOptions(screen.getByRole('combobox'), 'name');
  await userEvent.tab();
  expect(row('a:1')).toHaveFocus();

  await userEvent.keyboard('{ArrowDown}{ArrowRight}');
  expect(row('b:1')).toHaveFocus();
  await userEvent.keyboard('{ArrowLeft}{ArrowLeft}');
  expect(row('b')).toHaveAttribute('aria-expanded', 'false');
  await userEvent.keyboard('{Enter}{ArrowDown} ');
  expect(row('b:1')).toHaveAttribute('aria-selected', 'true');
  await userEvent.keyboard('{Escape}{Shift>}{F10}{/Shift}');
  expect(screen.getByRole('menu')).toHaveAccessibleName('b:1');
  await userEvent.keyboard('{Escape}{Enter}');

  expect(onOpen).toHaveBeenLastCalledWith('b:1');
});

test('a click opens a model, its button begins a conversation', async () => {
  const { onOpen, ways } = shown([model('mario:latest'), model('embed:latest', { capabilities: ['embedding'] })], { open: () => undefined });
  expect(within(row('embed')).queryByRole('button', { name: /^Chat/ })).toBeNull();

  await userEvent.click(within(row('mario')).getByRole('button', { name: 'Chat with mario:latest' }));
  await userEvent.click(row('mario'));

  expect(ways.chat.mock.calls).toEqual([['mario:latest']]);
  expect(onOpen.mock.calls).toEqual([['mario:latest']]);
});

test('deleting says first what it frees and what stays for whom', async () => {
  const removal = { names: ['mario:latest'], freed: 2_000_000, kept: ['model', 'license', 'license'].map(kind => ({ kind, size: 3_000_000, heldBy: ['luigi:latest', '\u202eevil'] })) };
  const { host, kernel } = shown([model('mario:latest')], { removal: () => removal, delete: () => removal });
  host.agrees = false;
  await choose('mario', 'Delete…');
  await waitFor(() => expect(host.confirmed).toHaveLength(1));
  expect(host.confirmed[0]).toBe('Delete mario:latest? This frees 2 MB.\n9 MB stays, needed by luigi:latest, \\u{202e}evil: Weights, License. Delete');
  expect(kernel.askedOf('delete')).toEqual([]);

  host.agrees = true;
  await choose('mario', 'Delete…');

  await waitFor(() => expect(kernel.askedOf('delete')).toEqual([{ names: ['mario:latest'] }]));
  expect(await screen.findByText('Deleted: 2 MB freed.')).toBeInTheDocument();
});

test('several models are marked and deleted together', async () => {
  const removal = { names: ['a:1', 'b:1'], freed: 2_000_000, kept: [] };
  const { kernel, host } = shown([model('a:1'), model('b:1'), model('c:1')], { removal: () => removal, delete: () => removal });
  fireEvent.click(row('a:1'), { ctrlKey: true });
  await userEvent.click(row('b:1'));
  expect(screen.getByText('2 selected')).toBeVisible();

  await userEvent.click(within(screen.getByRole('group', { name: 'Selected models' })).getByRole('button', { name: 'Delete…' }));

  await waitFor(() => expect(kernel.askedOf('delete')).toEqual([{ names: ['a:1', 'b:1'] }]));
  expect(host.confirmed[0]).toContain('Delete 2 models? a:1, b:1\nThis frees 2 MB.');
  await waitFor(() => expect(screen.queryByText('2 selected')).toBeNull());
});

test('a model of a second store can be copied, not renamed or deleted', () => {
  shown([model('old:latest', { readonly: true })]);

  fireEvent.contextMenu(row('old'));

  expect(screen.getByRole('menuitem', { name: 'Delete…' })).toHaveAttribute('aria-disabled', 'true');
  expect(screen.getByRole('menuitem', { name: 'Rename…' })).toHaveAttribute('aria-disabled', 'true');
  expect(screen.getByRole('menuitem', { name: 'Copy to a new name…' })).toHaveAttribute('aria-disabled', 'false');
});

test("copying shows the kernel's answer to a name that is none, and goes on with another", async () => {
  const { kernel } = shown([model('mario:latest')], {
    copy: ({ destination }, reply) => (destination.includes(' ') ? reply.error('InvalidName', `invalid model name '${destination}'.`, 'A name is like mario.') : null)
  });
  await choose('mario', 'Copy to a new name…');
  const field = screen.getByRole('textbox', { name: 'New name' });
  expect(field).toHaveFocus();
  expect(screen.getByRole('button', { name: 'Copy' })).toBeDisabled();

  await userEvent.clear(field);
  await userEvent.type(field, 'a b{Enter}');
  expect(await screen.findByRole('alert')).toHaveTextContent("invalid model name 'a b'.A name is like mario.");
  await userEvent.clear(field);
  await userEvent.type(field, 'luigi{Enter}');

  await waitFor(() => expect(screen.queryByRole('textbox', { name: 'New name' })).toBeNull());
  expect(kernel.askedOf('copy').at(-1)).toEqual({ source: 'mario:latest', destination: 'luigi' });
  expect(kernel.askedOf('delete')).toEqual([]);
});

test('a new name is checked while it is typed', async () => {
  shown([model('mario:latest'), model('Luigi:latest')], { name: ({ name }) => (name.includes(' ') ? { name: '', wrong: ['Names have no blanks.'] } : { name: `${name}:latest`, wrong: null }) });
  await choose('mario', 'Rename…');
  const field = screen.getByRole('textbox', { name: 'New name' });
  await userEvent.clear(field);

  await userEvent.type(field, 'a b');
  await waitFor(() => expect(field).toBeInvalid());
  expect(field).toHaveAccessibleDescription('Names have no blanks.');
  expect(screen.getByRole('button', { name: 'Rename' })).toBeDisabled();
  await userEvent.clear(field);
  await userEvent.type(field, 'library/luigi');
  expect(field).toHaveAccessibleDescription('');
  await userEvent.clear(field);
  await userEvent.type(field, 'luigi');

  expect(field).toHaveAccessibleDescription('Luigi:latest is there already: it will be replaced.');
  expect(screen.getByRole('button', { name: 'Rename' })).toBeEnabled();
});

test('the second half of a double click on a row selects nothing in the view that opens', () => {
  shown([model('mario:latest')], { open: () => details() });
  const browser = document.querySelector('.jo-browser')!;
  fireEvent.mouseDown(row('mario'), { detail: 1 });
  fireEvent.click(row('mario'), { detail: 1 });

  expect(fireEvent.mouseDown(browser.querySelector('.jo-inspector')!, { detail: 2 })).toBe(false);

  expect(fireEvent.mouseDown(browser.querySelector('.jo-inspector')!, { detail: 1 })).toBe(true);
  expect(fireEvent.mouseDown(browser.querySelector('.jo-inspector')!, { detail: 2 })).toBe(true);
});

test('renaming is copying and deleting, but never when both names are one model', async () => {
  const opens = (name: string) => ({ open: () => ({ ...details(), name }), copy: () => null, delete: () => ({ names: [], freed: 0, kept: [] }) });
  const { kernel } = shown([model('mario:latest')], opens('luigi:latest'));
  const rename = async (name: string): Promise<void> => {
    await choose('mario', 'Rename…');
    const field = screen.getByRole('textbox', { name: 'New name' });
    await userEvent.clear(field);
    await userEvent.type(field, `${name}{Enter}`);
    await waitFor(() => expect(screen.queryByRole('textbox', { name: 'New name' })).toBeNull());
  };
  await rename('luigi');
  expect(kernel.askedOf('delete')).toEqual([{ names: ['mario:latest'] }]);

  kernel.script = opens('mario:latest');
  await rename('registry.ollama.ai/library/mario');

  expect(kernel.askedOf('copy')).toHaveLength(2);
  expect(kernel.askedOf('delete')).toHaveLength(1);
});

test('a name that is taken is only replaced if one agrees', async () => {
  const { kernel, host } = shown([model('mario:latest'), model('Luigi:latest')], { copy: () => null });
  host.agrees = false;
  await choose('mario', 'Copy to a new name…');
  const field = screen.getByRole('textbox', { name: 'New name' });
  await userEvent.clear(field);

  await userEvent.type(field, 'luigi{Enter}');

  await waitFor(() => expect(host.confirmed[0]).toContain('Replace Luigi:latest?'));
  expect(kernel.askedOf('copy')).toEqual([]);
});

test('pushing asks, and tells where the model is then', async () => {
  const { kernel } = shown([model('me/mario:latest')], { push: ({ name }) => ({ name, sent: 5, url: 'https://ollama.com/me/mario' }) });
  await choose('me/mario', 'Push…');
  expect(kernel.askedOf('push')).toEqual([]);

  await userEvent.click(screen.getByRole('checkbox'));
  await userEvent.click(screen.getByRole('button', { name: 'Push' }));

  expect(await screen.findByText('me/mario:latest is pushed: https://ollama.com/me/mario')).toBeInTheDocument();
  expect(kernel.askedOf('push')).toEqual([{ name: 'me/mario:latest', insecure: true }]);
});

test('a fault stays until it is put away; work that was cancelled is none', async () => {
  const { kernel } = shown([model('mario:latest')], { load: (_, reply) => reply.error('EngineCrashed', 'The runner ended.', 'Try again.') });
  await choose('mario', 'Load into memory');
  expect(await screen.findByRole('alert')).toHaveTextContent('The runner ended.Try again.');
  await userEvent.click(screen.getByRole('button', { name: 'Close' }));
  expect(screen.queryByRole('alert')).toBeNull();

  kernel.script = { load: (_, reply) => reply.error('Cancelled', 'cancelled') };
  await choose('mario', 'Load into memory');
  await waitFor(() => expect(kernel.askedOf('load')).toHaveLength(2));

  expect(screen.queryByRole('alert')).toBeNull();
});

test('a model in memory is unloaded; names are copied', async () => {
  const { kernel, host } = shown([model('mario:latest')], { stop: () => null });
  act(() => kernel.push({ topic: 'loaded', loaded: [loaded('mario:latest')] }));

  await choose('mario', 'Unload');
  await choose('mario', 'Copy name');

  await waitFor(() => expect(kernel.askedOf('stop')).toEqual([{ name: 'mario:latest' }]));
  expect(host.copied).toEqual(['mario:latest']);
});

test('an empty store invites: pocket is made on a click', async () => {
  const { kernel, ways, host } = shown([], { create: () => ({ name: 'pocket:latest', digest: '' }) });

  await userEvent.click(screen.getByRole('button', { name: 'Create pocket' }));
  await userEvent.click(screen.getByRole('button', { name: 'Pull a model' }));
  await userEvent.click(screen.getByRole('button', { name: 'Insert first steps as cells' }));

  expect(kernel.askedOf('create')).toEqual([{ name: 'pocket', modelfile: 'FROM pocket\n' }]);
  expect(ways.pull).toHaveBeenCalledOnce();
  expect(host.inserted.map(({ source }) => source.split('\n')[0])).toEqual(['%%modelfile mario', '%ollama_create mario', '%%chat mario']);
  act(() => kernel.push({ topic: 'models', whole: false, changed: [model('pocket:latest')], removed: [], more: false }));
  expect(rows()).toEqual(['pocket:latest']);
});

test('of a thousand models few are in the page, and all can be reached', async () => {
  shown(Array.from({ length: 1_000 }, (_, index) => model(`model-${index}:latest`)));
  await userEvent.selectOptions(screen.getByRole('combobox'), 'name');
  expect(screen.getAllByRole('treeitem').length).toBeLessThan(60);

  act(() => row('model-0:').focus());
  await userEvent.keyboard('{End}');

  expect(row('model-999:')).toHaveFocus();
  expect(row('model-999:')).toHaveAttribute('aria-posinset', '1000');
  expect(screen.getAllByRole('treeitem').length).toBeLessThan(60);
});

test('hostile names are text in rows, menus and forms', async () => {
  const name = '<img src=x onerror=alert(1)>\u202e\u001b[31m\n:latest';
  const { view } = shown([model(name, { family: '<b>f</b>', quantization: '</span>' })]);

  fireEvent.contextMenu(screen.getByRole('treeitem'));
  expect(screen.getByRole('menu')).toHaveAccessibleName('<img src=x onerror=alert(1)>\\u{202e}\\u{1b}[31m\\u{a}:latest');
  await userEvent.click(screen.getByRole('menuitem', { name: 'Push…' }));

  expect(view.container.querySelector('img, b')).toBeNull();
  expect(view.container.textContent).not.toMatch(/[\u202e\u001b]/);
});

test('axe finds nothing', async () => {
  const { kernel, view } = shown([model('mario:latest'), model('b:1'), model('b:2')]);
  act(() => kernel.push({ topic: 'loaded', loaded: [loaded('mario:latest')] }));
  act(() => kernel.push({ topic: 'runs', runs: [running()] }));
  fireEvent.contextMenu(row('mario'));

  // jsdom draws nothing: contrast is not seen here
  const { violations } = await axe.run(view.container, { rules: { region: { enabled: false }, 'color-contrast': { enabled: false } } });

  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
});
