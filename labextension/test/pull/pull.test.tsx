import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { expect, test, vi } from 'vitest';
import type { Place } from '../../src/navigation';
import type { IProgress, IRun, ISuggestion } from '../../src/protocol';
import { Pull } from '../../src/views/pull';
import { FakeHost, renderIn } from '../host';
import { type Reply, type Script, scripted } from '../scripted';

const SUGGESTIONS: readonly ISuggestion[] = [
  { name: 'llama3.2', text: 'a good first model: chat and tools, 3B', size: 2_000_000_000, memory: 2_500_000_000, fits: 'yes', here: true },
  { name: 'llama3.3', text: 'the largest', size: 42_000_000_000, memory: 44_000_000_000, fits: 'no', here: false },
  { name: 'all-minilm', text: 'embeddings, smallest and quickest', size: 46_000_000, memory: 60_000_000, fits: 'tight', here: false }
];

function shown(script: Script = {}, place: Extract<Place, { tab: 'pull' }> = { tab: 'pull' }) {
  const go = vi.fn();
  const kernel = scripted({ suggestions: () => SUGGESTIONS, ...script });
  const view = renderIn(new FakeHost(), <Pull {...kernel} kernel="k" place={place} go={go} shown />);
  return { ...kernel, go, view };
}

const field = (): HTMLElement => screen.getByRole('textbox', { name: 'Name of the model' });
const offers = (): (string | undefined)[] => screen.queryAllByRole('option').map(one => one.dataset['name']);
const step = (completed: number): IProgress => ({
  type: 'progress', step: 'pulling', status: 'pulling 0123', digest: 'sha256:0123456789abcdef', completed, total: 50,
  facts: { all_completed: completed, all_total: 100, rate: 10, remaining_s: 9 }
});

test('suggestions say what for, how large, and whether they fit; typing leaves those that match', async () => {
  shown();
  const [first, second] = await screen.findAllByRole('option');
  expect(first).toHaveTextContent('llama3.22 GBa good first model: chat and tools, 3Bwill fit: 2.5 GB of memoryalready here');
  expect(second).toHaveTextContent('will not fit: 44 GB of memory');

  await userEvent.type(field(), 'embed small');

  expect(offers()).toEqual(['all-minilm']);
});

test('a suggestion is chosen with the keyboard and pulled, with progress of the layer and of all', async () => {
  let reply: Reply<'pull'> | undefined;
  const { kernel, go } = shown({ pull: (_, to) => void (reply = to) });
  await screen.findAllByRole('option');
  await userEvent.click(field());

  await userEvent.keyboard('{ArrowDown}{ArrowDown}{Enter}');
  expect(field()).toHaveFocus();
  expect(field()).toHaveValue('llama3.3');
  await userEvent.keyboard('{Enter}');
  await waitFor(() => expect(kernel.askedOf('pull')).toEqual([{ name: 'llama3.3' }]));
  act(() => reply!.event(step(25)));

  const job = screen.getByRole('region', { name: 'Pulling llama3.3' });
  expect(within(job).getAllByRole('progressbar').map(bar => bar.getAttribute('aria-valuenow'))).toEqual(['25', '50']);
  expect(job).toHaveTextContent('25% · 25B of 100B · 10B/s · 0:09 left');
  act(() => reply!.result({ name: 'llama3.3:latest', digest: '' }));
  await userEvent.click(await screen.findByRole('button', { name: 'Chat with it' }));
  expect(go).toHaveBeenCalledWith({ tab: 'chat', model: 'llama3.3:latest', anew: true });
});

test('a pull that was stopped says that nothing is lost, and goes on', async () => {
  let reply: Reply<'pull'> | undefined;
  const { kernel } = shown({ pull: (_, to) => void (reply = to), cancel: () => (reply!.error('Cancelled', 'cancelled'), null) });
  await userEvent.type(field(), 'mario{Enter}');

  await userEvent.click(await screen.findByRole('button', { name: 'Cancel' }));
  expect(await screen.findByText(/What was fetched is kept/)).toBeVisible();
  await userEvent.click(screen.getByRole('button', { name: 'Go on' }));

  await waitFor(() => expect(kernel.askedOf('pull')).toHaveLength(2));
});

test('a pull that failed says why and what to do', async () => {
  shown({ pull: (_, reply) => reply.error('ModelNotFound', 'There is no <b>x</b>.', 'Did you mean y?') });

  await userEvent.type(field(), 'x{Enter}');

  expect(await screen.findByRole('alert')).toHaveTextContent('There is no <b>x</b>.Did you mean y?');
});

test('an insecure registry has to be asked for', async () => {
  const { kernel } = shown({ pull: () => undefined });
  await userEvent.click(screen.getByText('More'));
  await userEvent.click(screen.getByRole('checkbox'));

  await userEvent.type(field(), 'box:5000/x/y{Enter}');

  await waitFor(() => expect(kernel.askedOf('pull')).toEqual([{ name: 'box:5000/x/y', insecure: true }]));
});

test('pulls of cells are followed; our own is not shown twice', async () => {
  const run = (fields: Partial<IRun>): IRun => ({ run: 7, verb: 'pull', model: 'peach', state: 'running', origin: 'cell', progress: null, failure: '', ...fields });
  const { kernel } = shown({ pull: () => undefined, follow: () => undefined });
  await userEvent.type(field(), 'mario{Enter}');

  act(() => kernel.push({ topic: 'runs', runs: [run({}), run({ run: 8, model: 'mario:latest', origin: 'panel' }), run({ run: 9, verb: 'chat' })] }));

  expect(screen.getAllByRole('region', { name: /^Pulling/ }).map(one => one.getAttribute('aria-label'))).toEqual(['Pulling peach', 'Pulling mario']);
  await waitFor(() => expect(kernel.askedOf('follow')).toEqual([{ run: 7 }]));
  await userEvent.click(within(screen.getByRole('region', { name: 'Pulling peach' })).getByRole('button', { name: 'Cancel' }));
  expect(kernel.askedOf('cancel')).toEqual([{ run: 7 }]);
});

test('words that find a suggestion are no mistake; what finds none has to be a name', async () => {
  shown({ name: ({ name }) => (name.includes(' ') ? { name: '', wrong: ['Names have no blanks.'] } : { name, wrong: null }) });
  await screen.findAllByRole('option');

  await userEvent.type(field(), 'no such');
  await waitFor(() => expect(field()).toBeInvalid());

  expect(field()).toHaveAccessibleDescription('Names have no blanks.');
  expect(screen.getByRole('button', { name: 'Pull' })).toBeDisabled();
});

test('without suggestions any name can still be typed', async () => {
  shown({ suggestions: (_, reply) => reply.error('Unsupported', 'not here') }, { tab: 'pull', name: 'mario' });

  expect(await screen.findByText(/There are no suggestions here/)).toBeVisible();
  expect(field()).toHaveValue('mario');
});

test('axe finds nothing', async () => {
  const { view } = shown({ pull: (_, reply) => reply.event(step(5)) });
  await userEvent.type(field(), 'llama{Enter}');
  await screen.findAllByRole('option');

  const { violations } = await axe.run(view.container, { rules: { region: { enabled: false }, 'color-contrast': { enabled: false } } });

  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
});
