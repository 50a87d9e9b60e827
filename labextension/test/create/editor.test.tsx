import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, test } from 'vitest';
import type { IMark } from '../../src/protocol';
import { ModelfileText } from '../../src/views/create/editor';
import { FakeHost, renderIn } from '../host';
import { type Script, scripted } from '../scripted';

const MARKS: readonly IMark[] = [
  { line: 0, column: 0, endLine: 0, endColumn: 4, severity: 'warning', text: 'first', words: ['first'] },
  { line: 2, column: 2, endLine: 2, endColumn: 3, severity: 'error', text: 'second', words: ['%1ond', 'sec\u202e'] }
];

function shown(script: Script = {}, text = '') {
  const { kernel, client } = scripted({ check: () => ({ marks: [], pieces: [] }), complete: () => ({ from: 0, items: [] }), ...script });
  let set: (value: string) => void = () => undefined;
  function Owner(): JSX.Element {
    const [value, setValue] = useState(text);
    set = setValue;
    return <ModelfileText client={client} value={value} onChange={setValue} folder="" label="Modelfile" hint="" onMarks={() => undefined} />;
  }
  renderIn(new FakeHost(), <Owner />);
  return { kernel, set: (value: string) => act(() => set(value)) };
}

const field = (): HTMLTextAreaElement => screen.getByRole('textbox', { name: 'Modelfile' });
const drawn = (): string[] => Array.from(document.querySelectorAll('.jo-line'), line => line.textContent ?? '');

const OFFER: Script = {
  complete: ({ modelfile, line, column }) => {
    const word = modelfile.split('\n')[line]!.slice(0, column);
    const items = ['PARAMETER', 'PARSER'].map(label => ({ label, detail: ['about %1', label] as const, info: ['<b>%1</b>', label] as const }));
    return { from: 0, items: items.filter(({ label }) => word !== '' && label.startsWith(word)) };
  }
};

test('what is typed is drawn line by line, also while no kernel answers', async () => {
  shown({ check: () => undefined, complete: () => undefined });

  await userEvent.type(field(), 'FROM x\nSYSTEM You{Enter}{Backspace}!');

  expect(field()).toHaveValue('FROM x\nSYSTEM You!');
  expect(drawn()).toEqual(['FROM x', 'SYSTEM You!']);
});

test('a word is offered, chosen with the arrows and taken with Tab', async () => {
  shown(OFFER, 'FROM x\n');
  await userEvent.click(field());
  await userEvent.keyboard('P');
  await userEvent.keyboard('A');

  const first = await screen.findByRole('option', { name: /^PARAMETER/ });
  expect(field()).toHaveAttribute('aria-activedescendant', first.id);
  expect(screen.getByText('<b>PARAMETER</b>')).toBeVisible();
  await userEvent.keyboard('{ArrowDown}');
  expect(screen.getByRole('option', { name: /^PARSER/ })).toHaveAttribute('aria-selected', 'true');
  await userEvent.keyboard('{Tab}');

  expect(field()).toHaveValue('FROM x\nPARSER');
  expect(field()).toHaveFocus();
  expect(screen.queryByRole('listbox')).toBeNull();
});

test('Escape puts an offer away, and Tab leaves the editor then', async () => {
  shown(OFFER);
  await userEvent.type(field(), 'PA');
  await screen.findByRole('listbox');

  await userEvent.keyboard('{Escape}');
  expect(screen.queryByRole('listbox')).toBeNull();
  await userEvent.tab();

  expect(field()).not.toHaveFocus();
  expect(field()).toHaveValue('PA');
});

test('Control and Space ask, and a click takes', async () => {
  shown(OFFER, 'PA');
  field().setSelectionRange(2, 2);
  fireEvent.keyDown(field(), { key: ' ', ctrlKey: true });

  await userEvent.click(await screen.findByRole('option', { name: /^PARSER/ }));

  expect(field()).toHaveValue('PARSER');
});

test('an Enter that comes with the offer is a new line', async () => {
  shown(OFFER);
  await userEvent.type(field(), 'PA');
  await screen.findByRole('listbox');

  fireEvent.keyDown(field(), { key: 'Enter' });

  expect(screen.queryByRole('listbox')).toBeNull();
  expect(field()).toHaveValue('PA');
});

test('an input method has its keys and its letters for itself', async () => {
  const { kernel } = shown(OFFER);
  fireEvent.input(field(), { target: { value: 'PA' }, isComposing: true });
  fireEvent.keyDown(field(), { key: 'Enter', isComposing: true });
  fireEvent.keyDown(field(), { key: 'F8', keyCode: 229 });

  await new Promise(resolve => setTimeout(resolve, 150));

  expect(drawn()).toEqual(['PA']);
  expect(kernel.askedOf('complete')).toEqual([]);
});

test('F8 goes from problem to problem, in circles, and says what is wrong', async () => {
  shown({ check: () => ({ marks: MARKS, pieces: [] }) }, 'FROM\n\nabcd');
  await waitFor(() => expect(field()).toBeInvalid());
  const places = [];
  for (const key of ['{F8}', '{F8}', '{Shift>}{F8}{/Shift}', '{Shift>}{F8}{/Shift}']) {
    field().focus();
    await userEvent.keyboard(key);
    places.push([field().selectionStart, field().selectionEnd, screen.getByRole('status').textContent]);
  }

  expect(places).toEqual([[8, 9, 'sec\\u{202e}ond'], [0, 4, 'first'], [8, 9, 'sec\\u{202e}ond'], [0, 4, 'first']]);
  expect(document.querySelector('[data-mark="first"]')).toHaveTextContent('FROM');
});

test('a text that is set takes the place of the one that stands there, with line ends of one kind', () => {
  const { set } = shown({}, 'FROM x\r\nSYSTEM y\r\n');
  expect(field()).toHaveValue('FROM x\nSYSTEM y\n');

  set('FROM z');

  expect(field()).toHaveValue('FROM z');
  expect(drawn()).toEqual(['FROM z']);
});

test('what is hostile is text', () => {
  shown({}, '<img src=x onerror=alert(1)>');

  expect(drawn()).toEqual(['<img src=x onerror=alert(1)>']);
  expect(document.querySelector('img')).toBeNull();
});
