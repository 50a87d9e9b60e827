import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Place } from '../../src/navigation';
import type { IModel, IProgress } from '../../src/protocol';
import { Create } from '../../src/views/create';
import { FakeHost, renderIn } from '../host';
import { model, type Reply, type Script, scripted } from '../scripted';

type CreatePlace = Extract<Place, { tab: 'create' }>;

beforeEach(() => localStorage.clear());

const QUANTIZATIONS = [
  { name: 'q4_0', bits: 4.6, recommended: false, text: '4 bits, plain: fastest to make' },
  { name: 'q4_K_M', bits: 4.9, recommended: true, text: '4 bits, some tensors with more: the usual choice' },
  { name: 'q8_0', bits: 8.5, recommended: true, text: '8 bits: as good as the original at half of its size' }
];

function shown(script: Script = {}, models: readonly IModel[] = [], place: CreatePlace = { tab: 'create' }, kernelId = 'k') {
  const host = new FakeHost();
  const kernel = scripted({ quantizations: () => QUANTIZATIONS, check: () => ({ marks: [], pieces: [] }), ...script }, models);
  const go = vi.fn();
  const draw = (at: CreatePlace): JSX.Element => <Create client={kernel.client} library={kernel.library} kernel={kernelId} place={at} go={go} shown />;
  const view = renderIn(host, draw(place));
  return { ...kernel, host, go, view };
}

const editor = (): HTMLTextAreaElement => screen.getByRole('textbox', { name: 'Modelfile' });
const text = (): string => editor().value;
const type = (modelfile: string): unknown => fireEvent.change(editor(), { target: { value: modelfile } });
const name = (): HTMLElement => screen.getByRole('textbox', { name: 'Name' });
const button = (label: string): HTMLElement => screen.getByRole('button', { name: label });

function step(fields: Partial<IProgress> = {}): IProgress {
  return { type: 'progress', step: 'quantizing', status: 'quantizing', digest: '', completed: 10, total: 40, facts: { source_type: 'F16', target_type: 'Q8_0' }, ...fields };
}

test('a model is made of what was typed, and one can go on with it', async () => {
  let reply: Reply<'create'> | undefined;
  const { kernel, go } = shown({ create: (_, to) => void (reply = to) });
  await userEvent.type(name(), 'mario');
  type('FROM pocket');
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Quantize' }), await screen.findByRole('option', { name: 'q8_0 · 8.5 bits' }));
  expect(screen.getByText('8 bits: as good as the original at half of its size. 8.5 bits per weight.')).toBeVisible();

  await userEvent.click(button('Create'));
  await waitFor(() => expect(kernel.askedOf('create')).toEqual([{ name: 'mario', modelfile: 'FROM pocket', quantize: 'q8_0' }]));
  act(() => reply!.event(step()));
  const job = screen.getByRole('region', { name: 'Creating mario' });
  expect(within(job).getByRole('progressbar')).toHaveAttribute('aria-valuenow', '25');
  expect(button('Create')).toBeDisabled();
  act(() => reply!.result({ name: 'mario:latest', digest: 'd' }));

  expect(await within(job).findByText('mario:latest is there.')).toBeVisible();
  await userEvent.click(button('Chat with it'));
  await userEvent.click(button('Open'));
  expect(go.mock.calls.map(([place]) => place)).toEqual([{ tab: 'chat', model: 'mario:latest', anew: true }, { tab: 'models', model: 'mario:latest' }]);
});

test('a create that fails keeps what was typed, and leads to the line it names', async () => {
  shown({ create: (_, reply) => reply.error('ModelfileError', 'Line 2: <b>no</b>.', 'Write it.', { line: 2, column: 3 }) });
  await userEvent.type(name(), 'mario');
  type('FROM pocket\nPARAMTER x');

  await userEvent.click(button('Create'));
  expect(await screen.findByRole('alert')).toHaveTextContent('Line 2: <b>no</b>.Write it.');
  await userEvent.click(button('Go to line 2'));

  expect(editor().selectionStart).toBe('FROM pocket\n'.length + 2);
  expect(text()).toBe('FROM pocket\nPARAMTER x');
});

test('a create is stopped, says no more how long it will take, and can be begun again', async () => {
  let reply: Reply<'create'> | undefined;
  const { kernel } = shown({ create: (_, to) => void (reply = to), cancel: () => (reply!.error('Cancelled', 'cancelled'), null) });
  await userEvent.type(name(), 'mario');
  type('FROM pocket');
  await userEvent.click(button('Create'));
  await waitFor(() => expect(kernel.askedOf('create')).toHaveLength(1));
  act(() => reply!.event({ type: 'progress', step: 'quantizing', status: 'quantizing', digest: '', completed: 10, total: 40, facts: { remaining_s: 9 } }));
  const job = screen.getByRole('region', { name: 'Creating mario' });
  expect(job).toHaveTextContent('25% · 10B of 40B · 0:09 left');

  await userEvent.click(await screen.findByRole('button', { name: 'Cancel' }));

  expect(await screen.findByText('Cancelled: nothing was changed.')).toBeVisible();
  expect(job).toHaveTextContent('25% · 10B of 40B');
  expect(job).not.toHaveTextContent('left');
  expect(kernel.askedOf('cancel')).toHaveLength(1);
  expect(button('Create')).toBeEnabled();
});

test('a name is checked while it is typed, and one that cannot be is said at its field', async () => {
  const { kernel } = shown({ name: ({ name }) => (name.includes(' ') ? { name: '', wrong: ['The %1 cannot contain %2.', ['tag'], '<b>'] } : { name: `${name}:latest`, wrong: null }) });
  type('FROM pocket');
  expect(screen.getByText('It needs a name.')).toBeVisible();

  await userEvent.type(name(), 'my mario');

  await waitFor(() => expect(name()).toBeInvalid());
  expect(name()).toHaveAccessibleDescription('The tag cannot contain <b>.');
  expect(screen.getByText('Its name cannot be used.')).toBeVisible();
  expect(button('Create')).toBeDisabled();
  expect(kernel.askedOf('name').at(-1)).toEqual({ name: 'my mario' });

  await userEvent.clear(name());
  await userEvent.type(name(), 'mario');

  await waitFor(() => expect(button('Create')).toBeEnabled());
  expect(name()).toBeValid();
});

test('a model that has the name under another spelling is found by the kernel', async () => {
  shown({ name: () => ({ name: 'mario:latest', wrong: null }) }, [model('mario:latest')]);

  await userEvent.type(name(), 'registry.ollama.ai/library/mario');

  await waitFor(() => expect(name()).toHaveAccessibleDescription('mario:latest is there already: it will be replaced.'));
});

test('a name that is taken says so', async () => {
  shown({}, [model('Mario:latest')]);

  await userEvent.type(name(), 'mario');

  expect(name()).toHaveAccessibleDescription('Mario:latest is there already: it will be replaced.');
});

test('problems are listed and lead to their place', async () => {
  const marks = [{ line: 1, column: 2, endLine: 1, endColumn: 4, severity: 'error' as const, text: 'no thing', words: ['no %1 thing', '<i>such</i>'] as const }];
  shown({ check: () => ({ marks, pieces: [['instruction', 'FROM'], ['plain', ' 😀\nxxxx']] }) });
  type('FROM 😀\nxxxx');

  await userEvent.click(await screen.findByRole('button', { name: /Line 2.*no <i>such<\/i> thing/ }));

  expect(editor().selectionStart).toBe('FROM 😀\nxx'.length);
  expect(document.querySelector('[data-style=instruction]')).toHaveTextContent('FROM');
});

test('a model to start from replaces the text, and that can be undone', async () => {
  shown({ recipe: ({ source }) => ({ modelfile: `FROM ${source}\n` }) }, [model('peach:latest')]);
  type('FROM mine');

  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Start from' }), 'peach:latest');
  await waitFor(() => expect(text()).toBe('FROM peach:latest\n'));
  await userEvent.click(button('Undo'));

  expect(text()).toBe('FROM mine');
});

test('files of the kernel are found with the keyboard', async () => {
  const folder = (path: string, kind: 'folder' | 'gguf', names: readonly string[]) => ({
    folder: path, parent: path === '/' ? null : '/', cut: path !== '/',
    entries: names.map(one => ({ name: one, path: `/${one}`, kind, size: 5 }))
  });
  const { kernel } = shown({
    files: ({ folder: path }) => (path === '/models' ? folder('/models', 'gguf', ['Big \u202eModel.gguf']) : folder('/', 'folder', ['home', 'models'])),
    recipe: ({ source }) => ({ modelfile: `FROM "${source}"\n` })
  });
  await userEvent.click(button('File or folder …'));
  await screen.findByRole('option', { name: 'home, folder' });
  expect(screen.getByRole('option', { name: 'home, folder' })).toHaveFocus();

  await userEvent.keyboard('{ArrowDown}{Enter}');
  expect(await screen.findByRole('option', { name: 'Big \\u{202e}Model.gguf, GGUF' })).toHaveFocus();
  expect(screen.getByText(/only a part is listed/)).toBeVisible();
  await userEvent.keyboard('{Enter}');

  await waitFor(() => expect(kernel.askedOf('recipe')).toEqual([{ source: '/Big \u202eModel.gguf' }]));
  await waitFor(() => expect(name()).toHaveValue('big-model'));
  expect(screen.queryByRole('dialog')).toBeNull();
});

test('what was typed is there after a reload, and what is handed over comes in its place', async () => {
  const { view } = shown();
  await userEvent.type(name(), 'mario');
  type('FROM pocket');
  view.unmount();
  const again = shown();
  expect(text()).toBe('FROM pocket');
  expect(name()).toHaveValue('mario');
  again.view.unmount();

  shown({}, [], { tab: 'create', name: 'peach\nx', modelfile: 'FROM peach', folder: '/files' });

  await waitFor(() => expect(text()).toBe('FROM peach'));
  expect(name()).toHaveValue('peachx');
  expect(screen.getByText('Relative paths start at /files')).toBeVisible();
  await userEvent.click(button('Undo'));
  expect(text()).toBe('FROM pocket');
});

test('the Modelfile becomes cells', async () => {
  const { host } = shown();
  await userEvent.type(name(), 'mario');
  type('FROM pocket');

  await userEvent.click(button('Insert as %%modelfile cell'));

  expect(host.inserted.map(({ source }) => source)).toEqual(['%%modelfile mario\nFROM pocket', '%ollama_create mario']);
});

test('axe finds nothing', async () => {
  const { view } = shown();
  type('FROM pocket');

  const { violations } = await axe.run(view.container, { rules: { region: { enabled: false }, 'color-contrast': { enabled: false } } });

  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
});
