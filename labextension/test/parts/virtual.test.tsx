import { act, fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, test } from 'vitest';
import { Rows } from '../../src/views/parts/rows';
import { indexAt, offsetsOf, VirtualList } from '../../src/views/parts/virtual';

const tenth = (index: number): number => (index % 10 === 0 ? 40 : 20);

function List({ names, heightOf = tenth, pinned = -1 }: { names: readonly string[]; heightOf?: (index: number) => number; pinned?: number }): JSX.Element {
  return (
    <VirtualList
      count={names.length}
      heightOf={heightOf}
      keyOf={index => names[index]!}
      pinned={pinned}
      render={index => <span>{names[index]}</span>}
      attributes={{ 'aria-label': 'list', role: 'list' }}
    />
  );
}

const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `row ${index}`);
const list = (): HTMLElement => screen.getByRole('list');
const drawn = (): (string | null)[] => Array.from(list().querySelectorAll('span'), row => row.textContent);

function scrollTo(top: number): void {
  list().scrollTop = top;
  fireEvent.scroll(list());
}

test('rows of different heights are found by their distance from the top', () => {
  const offsets = offsetsOf(100, tenth);

  expect(Array.from(offsets.slice(0, 3))).toEqual([0, 40, 60]);
  expect(offsets[100]).toBe(2_200);
  expect([0, 39, 40, 2_199, 2_200].map(distance => indexAt(offsets, distance))).toEqual([0, 0, 1, 99, 100]);
});

test('of a hundred thousand rows only those in sight are in the page', () => {
  render(<List names={many(100_000)} />);

  expect(drawn().length).toBeLessThan(60);
  scrollTo(1_100_000);

  expect(drawn()).toContain('row 50000');
  expect(drawn()).not.toContain('row 0');
  expect(drawn().length).toBeLessThan(60);
});

test('a pinned row is in the page wherever it is', () => {
  render(<List names={many(1_000)} pinned={900} />);

  expect(drawn()).toContain('row 900');
});

test('what is in sight stays where it is when rows come above it', () => {
  const names = many(1_000);
  const { rerender } = render(<List names={names} />);
  scrollTo(offsetsOf(1_000, tenth)[500]! + 7);

  const longer = ['new', ...names];
  rerender(<List names={longer} />);

  expect(list().scrollTop).toBe(offsetsOf(1_001, tenth)[501]! + 7);
});

test('an empty list is drawn, too', () => {
  render(<List names={[]} />);

  expect(drawn()).toEqual([]);
});

const twenty = (): number => 20;

function Focusable({ names }: { names: readonly string[] }): JSX.Element {
  const [active, setActive] = useState(0);
  return (
    <Rows
      role="listbox"
      label="names"
      count={names.length}
      heightOf={twenty}
      keyOf={index => names[index]!}
      active={active}
      onActive={setActive}
      render={(index, focus) => (
        <div {...focus} role="option" aria-selected={index === active}>
          {names[index]} <button tabIndex={focus.tabIndex}>act</button>
        </div>
      )}
    />
  );
}

test('arrows, Home, End and pages move through the rows, of which Tab reaches one', async () => {
  render(<Focusable names={many(1_000)} />);
  const focused = (): string | null | undefined => document.activeElement?.textContent?.replace(' act', '');

  await userEvent.tab();
  expect(focused()).toBe('row 0');
  await userEvent.keyboard('{ArrowDown}{ArrowDown}{ArrowUp}');
  expect(focused()).toBe('row 1');
  await userEvent.keyboard('{End}');
  expect(focused()).toBe('row 999');
  await userEvent.keyboard('{ArrowDown}');
  expect(focused()).toBe('row 999');
  await userEvent.tab();
  expect(document.activeElement?.tagName).toBe('BUTTON');
  await userEvent.tab();

  expect(document.activeElement).toBe(document.body);
});

test('keys pressed on a button in a row do not move', async () => {
  render(<Focusable names={many(10)} />);
  await userEvent.tab();
  await userEvent.tab();

  await userEvent.keyboard('{ArrowDown}');

  expect(document.activeElement?.tagName).toBe('BUTTON');
});

test('when the row with the focus goes away, the one in its place has it', async () => {
  const { rerender } = render(<Focusable names={many(5)} />);
  await userEvent.tab();
  await userEvent.keyboard('{ArrowDown}');

  act(() => rerender(<Focusable names={['row 0', 'row 2', 'row 3']} />));

  expect(document.activeElement?.textContent).toContain('row 2');
});
