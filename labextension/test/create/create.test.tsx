import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { EditorView } from '@codemirror/view';
import axe from 'axe-core';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Place } from '../../src/navigation';
import type { IModel, IProgress } from '../../src/protocol';
import { Create } from '../../src/views/create';
import { FakeHost, renderIn } from '../host';
import { type Reply, type Script, scripted } from '../scripted';

type CreatePlace = Extract<Place, { tab: 'create' }>;

beforeEach(() => localStorage.clear());

const QUANTIZATIONS = [
  { name: 'q4_0', bits: 4.6, recommended: false, text: '4 bits, plain: fastest to make' },
  { name: 'q4_K_M', bits: 4.9, recommended: true, text: '4 bits, some tensors with more: the usual choice' },
  { name: 'q8_0', bits: 8.5, recommended: true, text: '8 bits' }
];

function shown(script: Script = {}, models: readonly IModel[] = [], place: CreatePlace = { tab: 'create' }, kernelId = 'k') {
  const host = new FakeHost();
  const kernel = scripted({ quantizations: () => QUANTIZATIONS, check: () => ({ marks: [], pieces: [] }), ...script }, models);
  const go = vi.fn();
  const draw = (at: CreatePlace): JSX.Element => <Create client={kernel.client} library={kernel.library} kernel={kernelId} place={at} go={go} shown />;
  const view = renderIn(host, draw(place));
  return { ...kernel, host, go, view };
}

const editor = (): EditorView => EditorView.findFromDOM(document.querySelector<HTMLElement>('.cm-editor')!)!;
const type = (modelfile: string): void => act(() => editor().dispatch({ changes: { from: 0, to: editor().state.doc.length, insert: modelfile } }));
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

test('axe finds nothing', async () => {
  const { view } = shown();
  type('FROM pocket');

  const { violations } = await axe.run(view.container, { rules: { region: { enabled: false }, 'color-contrast': { enabled: false } } });

  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
});
