import { act, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';
import { Navigation } from '../src/navigation';
import type { IDesk, IDeskState, ISession, Situation } from '../src/situation';
import { Panel } from '../src/views/panel';
import { FakeHost, renderIn } from './host';
import { hello, model, scripted } from './scripted';

class FakeDesk implements IDesk {
  constructor(private _state: IDeskState) {}

  readonly snapshot = (): IDeskState => this._state;
  readonly subscribe = (listener: () => void): (() => void) => {
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  };
  readonly load = vi.fn();
  readonly retry = vi.fn();
  readonly restart = vi.fn();
  readonly openNotebook = vi.fn();
  readonly selectKernel = vi.fn();

  set(state: Partial<IDeskState>): void {
    this._state = { ...this._state, ...state };
    act(() => this._listeners.forEach(listener => listener()));
  }

  private readonly _listeners = new Set<() => void>();
}

function session(key: string, name: string): ISession {
  const { client, library } = scripted({}, [model(name)]);
  return { key, client, library, hello: hello() };
}

function panel(situation: Situation, sessions: readonly ISession[] = []) {
  const desk = new FakeDesk({ situation, front: sessions[0]?.key ?? '', sessions });
  const navigation = new Navigation();
  const host = new FakeHost();
  renderIn(host, <Panel desk={desk} navigation={navigation} />);
  return { desk, navigation, host };
}

const READY: Situation = { state: 'ready', title: 'a.ipynb', waits: false };
const note = (): HTMLElement => screen.getByRole('status');

test.each<[Situation, RegExp, string | null, keyof IDesk | null]>([
  [{ state: 'nothing' }, /No notebook is open/, 'New notebook', 'openNotebook'],
  [{ state: 'no kernel', title: 'a.ipynb' }, /No kernel/, 'Choose a kernel', 'selectKernel'],
  [{ state: 'starting', title: 'a.ipynb' }, /The kernel is starting/, null, null],
  [{ state: 'connecting', title: 'a.ipynb' }, /Connecting/, null, null],
  [{ state: 'language', title: 'a.ipynb', language: 'R' }, /This kernel speaks R/, 'Choose a kernel', 'selectKernel'],
  [{ state: 'busy', title: 'a.ipynb' }, /A cell is running/, null, null],
  [{ state: 'absent', title: 'a.ipynb' }, /Not loaded/, 'Load', 'load'],
  [{ state: 'loading', title: 'a.ipynb' }, /being loaded/, null, null],
  [{ state: 'missing', title: 'a.ipynb', executable: '/usr/bin/python3' }, /\/usr\/bin\/python3.*%pip install jupyter-ollama/, 'Load', 'load'],
  [{ state: 'failed', title: 'a.ipynb', error: 'OSError: no disk' }, /OSError: no disk/, 'Try again', 'load'],
  [{ state: 'silent', title: 'a.ipynb' }, /did not answer/, 'Try again', 'retry'],
  [{ state: 'other version', title: 'a.ipynb', version: '0.0.1', older: true }, /0\.0\.1, which is too old.*%pip install --upgrade/, 'Restart the kernel', 'restart'],
  [{ state: 'other version', title: 'a.ipynb', version: '9.0', older: false }, /9\.0, which is too new/, 'Restart the kernel', 'restart'],
  [{ state: 'dead', title: 'a.ipynb' }, /has died/, 'Restart the kernel', 'restart'],
  [{ state: 'lost', title: 'a.ipynb' }, /connection is lost/, 'Try again', 'retry']
])('%o is told in a sentence with what can be done', async (situation, text, label, action) => {
  const { desk } = panel(situation);

  expect(note()).toHaveTextContent(text);
  if (label !== null && action !== null) {
    await userEvent.click(within(note()).getByRole('button', { name: label }));
    expect(desk[action]).toHaveBeenCalledOnce();
  }
});

test('a line for a cell can be copied', async () => {
  const { host } = panel({ state: 'missing', title: 'a.ipynb', executable: 'python' });

  await userEvent.click(within(note()).getByRole('button', { name: 'Copy' }));

  expect(host.copied).toEqual(['%pip install jupyter-ollama']);
});

test('a kernel that answers late says so above its last lists', () => {
  const { desk } = panel(READY, [session('k', 'mario:latest')]);
  expect(note()).toBeEmptyDOMElement();

  desk.set({ situation: { ...READY, waits: true } });

  expect(note()).toHaveTextContent('A cell is running.');
  expect(screen.getByRole('tabpanel', { name: 'Models' })).toBeVisible();
});

test('while the connection is lost the last lists stay below the note', () => {
  const { desk } = panel(READY, [session('k', 'mario:latest')]);

  desk.set({ situation: { state: 'lost', title: 'a.ipynb' } });

  expect(note()).toHaveTextContent('The connection is lost');
  expect(screen.getByRole('tabpanel', { name: 'Models' })).toBeVisible();
});

test('the keyboard moves between the tabs, and only the current one is in the order of Tab', async () => {
  panel(READY, [session('k', 'mario:latest')]);
  const tab = (name: string): HTMLElement => screen.getByRole('tab', { name });
  await userEvent.tab();
  expect(tab('Models')).toHaveFocus();

  await userEvent.keyboard('{ArrowRight}');
  expect(tab('Chat')).toHaveFocus();
  expect(tab('Chat')).toHaveAttribute('aria-selected', 'true');
  await userEvent.keyboard('{Home}{ArrowLeft}');

  expect(tab('Pull')).toHaveFocus();
  expect(tab('Models')).toHaveAttribute('tabindex', '-1');
});

test('an area is made at the first visit and kept', () => {
  const { navigation } = panel(READY, [session('k', 'mario:latest')]);
  const area = (name: string): HTMLElement => document.getElementById(`jo-area-k-${name.toLowerCase()}`)!;
  expect(area('Chat')).toBeEmptyDOMElement();

  act(() => navigation.go({ tab: 'chat', model: 'mario:latest' }));
  expect(area('Chat')).toBeVisible();
  expect(area('Chat')).not.toBeEmptyDOMElement();
  act(() => navigation.go({ tab: 'models' }));

  expect(area('Chat')).not.toBeVisible();
  expect(area('Chat')).not.toBeEmptyDOMElement();
});

test('each kernel keeps its own areas and its place while another is in front', () => {
  const first = session('one', 'mario:latest');
  const second = session('two', 'luigi:latest');
  const { desk, navigation } = panel(READY, [first, second]);
  act(() => navigation.go({ tab: 'create' }));

  expect(screen.getByText('a.ipynb')).toBeVisible();

  desk.set({ front: 'two', situation: { ...READY, title: 'b.ipynb' } });
  expect(screen.getByText('b.ipynb')).toBeVisible();
  act(() => navigation.go({ tab: 'models' }));

  expect(screen.getByRole('tabpanel')).toHaveAttribute('id', 'jo-area-two-models');
  expect(document.getElementById('jo-area-one-create')).not.toHaveAttribute('hidden');
});

test('after a restart the areas are there again with the new kernel', () => {
  const { desk } = panel(READY, [session('k', 'mario:latest')]);
  const before = screen.getByRole('tabpanel');

  desk.set({ situation: { state: 'starting', title: 'a.ipynb' } });
  expect(before).not.toBeVisible();
  desk.set({ situation: READY, sessions: [session('k', 'luigi:latest')] });

  expect(screen.getByRole('tabpanel')).toBe(before);
  expect(before).toHaveTextContent('luigi:latest');
});
