import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, test, vi } from 'vitest';
import { type IMenuItem, Menu } from '../../src/views/parts/menu';

function opened(run = vi.fn()) {
  const items: (IMenuItem | 'line')[] = [
    { id: 'open', label: 'Open', icon: 'layers', run: () => run('open') },
    { id: 'load', label: 'Load', icon: 'load', disabled: true, run: () => run('load') },
    'line',
    { id: 'delete', label: 'Delete', icon: 'trash', danger: true, run: () => run('delete') }
  ];
  const at = { x: 10, y: 10 };
  function Opener(): JSX.Element {
    const [open, setOpen] = useState(false);
    return (
      <>
        <button onClick={() => setOpen(true)}>opener</button>
        {open ? <Menu label="menu" items={items} at={at} onClose={() => setOpen(false)} /> : null}
      </>
    );
  }
  render(<Opener />);
  return run;
}

const item = (name: string): HTMLElement => screen.getByRole('menuitem', { name });

test('it opens with the focus on its first item; arrows go round and leave out what cannot be done', async () => {
  opened();
  await userEvent.click(screen.getByText('opener'));
  expect(item('Open')).toHaveFocus();

  await userEvent.keyboard('{ArrowDown}');
  expect(item('Delete')).toHaveFocus();
  await userEvent.keyboard('{ArrowDown}');
  expect(item('Open')).toHaveFocus();
  await userEvent.keyboard('d');

  expect(item('Delete')).toHaveFocus();
});

test('Enter acts and closes it', async () => {
  const run = opened();
  await userEvent.click(screen.getByText('opener'));

  await userEvent.keyboard('{End}{Enter}');

  expect(run.mock.calls).toEqual([['delete']]);
  expect(screen.queryByRole('menu')).toBeNull();
});

test('Escape gives the focus back to where it was', async () => {
  const run = opened();
  await userEvent.click(screen.getByText('opener'));

  await userEvent.keyboard('{Escape}');

  expect(screen.queryByRole('menu')).toBeNull();
  expect(screen.getByText('opener')).toHaveFocus();
  expect(run).not.toHaveBeenCalled();
});

test('a click elsewhere closes it, one on an item that cannot be done does nothing', async () => {
  const run = opened();
  await userEvent.click(screen.getByText('opener'));
  await userEvent.click(item('Load'));
  expect(screen.getByRole('menu')).toBeVisible();

  await userEvent.click(document.body);

  expect(screen.queryByRole('menu')).toBeNull();
  expect(run).not.toHaveBeenCalled();
});
