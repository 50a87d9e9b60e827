import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { expect, test, vi } from 'vitest';
import type { IDetails, ILayer, IMetadata } from '../../src/protocol';
import { LayerInspector } from '../../src/views/layers/inspector';
import { FakeHost, renderIn } from '../host';
import { details, model, type Script, scripted } from '../scripted';

const sha = (letter: string): string => `sha256:${letter.repeat(64)}`;

function layer(kind: string, fields: Partial<ILayer> = {}): ILayer {
  return { kind, mediaType: `application/vnd.ollama.image.${kind}`, digest: sha('a'), size: 100, from: '', shared: [], name: '', ...fields };
}

function opened(fields: Partial<IDetails> = {}, script: Script = {}, host = new FakeHost()) {
  const kernel = scripted({ open: () => details(fields), ...script }, [model('mario:latest')]);
  const acts = { onOpen: vi.fn(), onBack: vi.fn(), edit: vi.fn(), chat: vi.fn() };
  const ways = { chat: acts.chat, edit: acts.edit, pull: null };
  const view = renderIn(host, <LayerInspector {...kernel} name="mario:latest" ways={ways} onOpen={acts.onOpen} onBack={acts.onBack} />);
  return { ...kernel, ...acts, host, view };
}

const head = (name: RegExp): Promise<HTMLElement> => screen.findByRole('button', { name });

test('the facts of a model, and links to its aliases', async () => {
  const { onOpen } = opened({
    digest: 'b'.repeat(64),
    aliases: ['luigi:latest'],
    context: 131_072,
    parameterCount: 3_212_749_888,
    tensorCount: 255,
    capabilities: ['completion', 'tools'],
    notes: [['The projector %1 is missing.', 'x.gguf']]
  });

  const facts = await screen.findByRole('region', { name: 'Facts' });
  expect(facts).toHaveTextContent('Digestbbbbbbbbbbbb');
  expect(facts).toHaveTextContent('1.0B · 3,212,749,888 exactly · 255 tensors');
  expect(facts).toHaveTextContent('131,072 tokens');
  expect(facts).toHaveTextContent('chattools');
  expect(facts).toHaveTextContent('The projector x.gguf is missing.');
  expect(facts).not.toHaveTextContent('Embedding length');
  await userEvent.click(within(facts).getByRole('button', { name: 'luigi:latest' }));

  expect(onOpen).toHaveBeenCalledWith('luigi:latest');
});

test('each layer tells its kind and size; opened, its digest, media type, share and who else holds it', async () => {
  const { onOpen, host } = opened(
    { layers: [layer('model', { size: 900, shared: ['luigi:latest'] }), layer('template', { digest: sha('b') })] },
    { content: () => ({ kind: 'template', text: '{{ .Prompt }}', pieces: [], messages: [], cut: false }), metadata: () => ({ total: 0, offset: 0, rows: [] }) }
  );
  expect(await head(/^Weights/)).toHaveTextContent('Weightsshared900B');

  await userEvent.click(await head(/^Weights/));
  const body = screen.getByRole('region', { name: /^Weights/ });
  expect(body).toHaveTextContent('90% of the model');
  expect(body).toHaveTextContent('application/vnd.ollama.image.model');
  await userEvent.click(within(body).getByRole('button', { name: `Copy the digest ${sha('a')}` }));
  await userEvent.click(within(body).getByRole('button', { name: 'luigi:latest' }));

  expect(host.copied).toEqual([sha('a')]);
  expect(onOpen).toHaveBeenCalledWith('luigi:latest');
});

test('nothing of a layer is fetched before it is opened', async () => {
  const { kernel } = opened({ layers: [layer('template'), layer('license', { digest: sha('b') })] }, { content: () => ({ kind: 'license', text: 'MIT', pieces: [], messages: [], cut: true }) });
  await userEvent.click(await head(/^License/));

  expect(await screen.findByText('MIT')).toBeVisible();
  expect(screen.getByText('It goes on: only its beginning is shown.')).toBeVisible();
  expect(kernel.askedOf('content')).toEqual([{ name: 'mario:latest', digest: sha('b') }]);
});

test('arrows go from layer to layer', async () => {
  opened({ layers: [layer('template'), layer('system', { digest: sha('b') }), layer('license', { digest: sha('c') })] });
  (await head(/^Template/)).focus();

  await userEvent.keyboard('{ArrowDown}');
  expect(await head(/^System/)).toHaveFocus();
  await userEvent.keyboard('{End}');

  expect(await head(/^License/)).toHaveFocus();
});

test('a template is coloured, messages are turns', async () => {
  opened(
    { layers: [layer('template'), layer('messages', { digest: sha('b') })] },
    {
      content: ({ digest }) =>
        digest === sha('a')
          ? { kind: 'template', text: '{{ range', pieces: [['operator', '{{ '], ['keyword', 'range']], messages: [], cut: false }
          : { kind: 'messages', text: '[]', pieces: [], messages: [{ role: 'user', content: 'Who are you?' }, { role: 'assistant', content: 'Mario.' }], cut: false }
    }
  );
  await userEvent.click(await head(/^Template/));
  await userEvent.click(await head(/^Messages/));

  expect(await screen.findByText('range')).toHaveAttribute('data-style', 'keyword');
  expect(screen.getAllByRole('listitem').map(turn => turn.textContent)).toEqual(['UserWho are you?', 'AssistantMario.']);
});

const METADATA: readonly IMetadata[] = [
  { key: 'general.architecture', type: 'string', value: 'llama', length: null },
  { key: 'tokenizer.ggml.tokens', type: 'array of string', value: '["a", …]', length: 128_256 }
];

const weights: Script = {
  metadata: ({ search }) => {
    const rows = METADATA.filter(({ key }) => key.includes(search));
    return { total: rows.length, offset: 0, rows };
  },
  elements: ({ search, offset, limit }) => {
    const total = search === '' ? 128_256 : 1;
    return { total, offset, rows: Array.from({ length: Math.min(limit, total - offset) }, (_, index) => ({ index: offset + index, value: `token ${offset + index}` })) };
  },
  tensors: ({ offset, limit }) => ({
    total: 1_000,
    offset,
    rows: Array.from({ length: limit }, (_, index) => ({ name: `blk.${offset + index}.weight`, type: 'Q4_K', shape: [3_072, 1_024], size: 1_500_000, offset: 0 }))
  })
};

test('metadata are searched by the kernel; an array opens to its elements, a page at a time', async () => {
  const { kernel } = opened({ layers: [layer('model')] }, weights);
  await userEvent.click(await head(/^Weights/));
  expect(await screen.findByRole('option', { name: /general.architecture/ })).toHaveTextContent('general.architecturestringllama');

  await userEvent.type(screen.getByRole('searchbox', { name: 'Search the metadata' }), 'tokens');
  await waitFor(() => expect(screen.getAllByRole('option')).toHaveLength(1));
  await userEvent.click(screen.getByRole('option', { name: /tokenizer/ }));
  expect(await screen.findByText('token 0')).toBeVisible();

  const list = screen.getByRole('listbox', { name: 'tokenizer.ggml.tokens' });
  list.scrollTop = 22 * 100_050;
  fireEvent.scroll(list);

  expect(await screen.findByText('token 100050')).toBeVisible();
  expect(screen.getAllByRole('option').length).toBeLessThan(60);
  expect(kernel.askedOf('elements').map(({ offset }) => offset)).toEqual([0, 100_000]);
  await userEvent.keyboard('{Escape}');
  expect(screen.getByRole('option', { name: /tokenizer/ })).toBeVisible();
});

test('a long value opens to all that the kernel tells of it', async () => {
  const value = '<b>'.repeat(2_000);
  opened({ layers: [layer('model')] }, { metadata: () => ({ total: 1, offset: 0, rows: [{ key: 'general.name', type: 'string', value, length: null }] }) });
  await userEvent.click(await head(/^Weights/));

  await userEvent.click(await screen.findByRole('option'));

  expect(screen.getByRole('region', { name: 'general.name' })).toHaveTextContent(value);
  expect(document.querySelector('.jo-text b')).toBeNull();
});

test('tensors are a list with type, shape and size', async () => {
  opened({ layers: [layer('model')] }, weights);
  await userEvent.click(await head(/^Weights/));
  (await screen.findByRole('tab', { name: 'Metadata' })).focus();

  await userEvent.keyboard('{ArrowRight}');

  expect(await screen.findByText('blk.0.weight')).toBeVisible();
  expect(screen.getAllByRole('option')[0]).toHaveTextContent('blk.0.weightQ4_K3,072 × 1,0241.5 MB');
  expect(screen.getAllByRole('option')[0]).toHaveAttribute('aria-setsize', '1000');
  expect(screen.getByRole('tab', { name: 'Tensors' })).toHaveFocus();
});

test('the Modelfile becomes a cell, or is edited', async () => {
  const modelfile = 'FROM pocket\n';
  const { host, edit } = opened({ modelfile }, { check: () => ({ marks: [], pieces: [['instruction', 'FROM'], ['plain', ' pocket\n']] }) });
  expect(await screen.findByText('FROM')).toHaveAttribute('data-style', 'instruction');

  await userEvent.click(screen.getByRole('button', { name: 'Insert as %%modelfile cell' }));
  await userEvent.click(screen.getByRole('button', { name: 'Edit in Create' }));

  expect(host.inserted).toEqual([{ type: 'code', source: '%%modelfile mario:latest\nFROM pocket\n' }]);
  expect(edit).toHaveBeenCalledWith(modelfile, 'mario:latest');
});

test('where there is no notebook, no cell is offered', async () => {
  const host = new FakeHost();
  host.insertCells = null;

  opened({ modelfile: 'FROM pocket\n' }, { check: () => ({ marks: [], pieces: [] }) }, host);

  expect(await screen.findByRole('button', { name: 'Copy' })).toBeVisible();
  expect(screen.queryByRole('button', { name: /^Insert/ })).toBeNull();
});

test('a model that is not there any more says so', async () => {
  opened({}, { open: (_, reply) => reply.error('ModelNotFound', 'No model "mario".', 'Pull it.') });

  expect(await screen.findByRole('alert')).toHaveTextContent('No model "mario".Pull it.');
});

test('it is opened again when its name stands for another model', async () => {
  const { kernel } = opened({ context: 1_000 });
  await screen.findByText('1,000 tokens');

  kernel.script = { open: () => details({ context: 2_000 }) };
  act(() => kernel.push({ topic: 'models', whole: false, changed: [model('mario:latest', { digest: 'new' })], removed: [], more: false }));

  expect(await screen.findByText('2,000 tokens')).toBeVisible();
  expect(screen.queryByText('1,000 tokens')).toBeNull();
});

test('Escape goes back', async () => {
  const { onBack } = opened();
  (await screen.findByRole('article')).focus();

  await userEvent.keyboard('{Escape}');

  expect(onBack).toHaveBeenCalledOnce();
});

test('hostile layers are text', async () => {
  const evil = '<img src=x onerror=alert(1)>\u202e\u001b[31m';
  const { view } = opened(
    { aliases: [evil], requires: evil, notes: [[evil.replace(/%/g, '%%')], ['%1', evil]], capabilities: [evil], layers: [layer(evil, { mediaType: evil, digest: sha('b'), shared: [evil], from: evil, name: evil })] },
    { content: () => ({ kind: evil, text: evil, pieces: [], messages: [], cut: false }) }
  );
  await userEvent.click(await screen.findByRole('button', { name: /100B/ }));
  await waitFor(() => expect(view.container.querySelector('.jo-text')).toHaveTextContent('<img'));

  expect(view.container.querySelector('img')).toBeNull();
  expect(view.container.textContent).not.toMatch(/[\u202e\u001b]/);
});

test('axe finds nothing', async () => {
  const { view } = opened({ layers: [layer('model', { shared: ['luigi:latest'] }), layer('system', { digest: sha('b') })], modelfile: 'FROM pocket\n', aliases: ['luigi:latest'] }, {
    ...weights,
    check: () => ({ marks: [], pieces: [] }),
    content: () => ({ kind: 'system', text: 'You are Mario.', pieces: [], messages: [], cut: false })
  });
  await userEvent.click(await head(/^Weights/));
  await userEvent.click(await head(/^System/));
  await screen.findByText('You are Mario.');

  // jsdom draws nothing: contrast is not seen here
  const { violations } = await axe.run(view.container, { rules: { region: { enabled: false }, 'color-contrast': { enabled: false } } });

  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
});
