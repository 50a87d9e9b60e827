import type { Kernel } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { KernelLink } from '../src/lab/link';
import type { IHello } from '../src/protocol';
import { hello } from './scripted';

type Reply = { status: 'ok' } | { status: 'error'; ename: string; evalue: string } | { status: 'ok'; user_expressions: object };

/** A comm as JupyterLab makes it. What the kernel does with it is told by the test. */
class FakeComm {
  constructor(readonly kernel: FakeKernel) {}

  onMsg: (message: unknown) => void = () => undefined;
  onClose: (message: unknown) => void = () => undefined;
  readonly sent: { id: number; verb: string }[] = [];
  opened: object | null = null;
  isDisposed = false;
  commsOverSubshells = 'perCommTarget';
  subshellId: string | null = null;
  subshellStarted: Promise<void> = new Promise(() => undefined); // never, as without subshells

  open(data: object): void {
    this.opened = data;
  }

  send(request: { id: number; verb: string }): { done: Promise<void> } {
    this.sent.push(request);
    return { done: Promise.resolve() };
  }

  say(seq: number, ...items: object[]): void {
    this.onMsg({ content: { data: { seq, items } } });
  }

  greet(fields: Partial<IHello> = {}): void {
    this.say(1, { kind: 'hello', hello: hello(fields) });
  }
}

class FakeKernel {
  readonly id = 'kernel';
  readonly statusChanged = new Signal<this, string>(this);
  readonly connectionStatusChanged = new Signal<this, string>(this);
  readonly disposed = new Signal<this, void>(this);
  readonly comms: FakeComm[] = [];
  readonly executed: string[] = [];
  readonly replies: Reply[] = [];
  status = 'idle';
  connectionStatus = 'connected';
  supportsSubshells = false;
  isDisposed = false;
  language = 'python';
  asked = 0;
  announced: () => void = () => undefined;
  know: () => void = () => undefined;
  readonly info = new Promise(resolve => {
    this.know = () => resolve({ language_info: { name: this.language } });
  });

  registerCommTarget(_: string, callback: () => void): void {
    this.announced = callback;
  }

  removeCommTarget(): void {}

  requestKernelInfo(): Promise<unknown> {
    this.asked += 1;
    return this.info;
  }

  createComm(): FakeComm {
    this.comms.push(new FakeComm(this));
    return this.comm;
  }

  requestExecute({ code }: { code: string }): { done: Promise<unknown> } {
    this.executed.push(code);
    return { done: Promise.resolve({ content: this.replies.shift() }) };
  }

  /** The comm opened last. */
  get comm(): FakeComm {
    return this.comms.at(-1)!;
  }

  become(status: string): void {
    this.status = status;
    this.statusChanged.emit(status);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (milliseconds = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

async function linked({ known = true } = {}): Promise<{ kernel: FakeKernel; link: KernelLink }> {
  const kernel = new FakeKernel();
  const link = new KernelLink(kernel as unknown as Kernel.IKernelConnection);
  if (known) {
    kernel.know();
  }
  link.want();
  await pass();
  return { kernel, link };
}

async function opened(): Promise<{ kernel: FakeKernel; link: KernelLink }> {
  const { kernel, link } = await linked();
  kernel.comm.greet();
  await pass();
  expect(link.phase.name).toBe('open');
  return { kernel, link };
}

test('nothing is sent before it is wanted, and one comm is opened then', async () => {
  const kernel = new FakeKernel();
  const link = new KernelLink(kernel as unknown as Kernel.IKernelConnection);
  kernel.know();
  await pass();
  expect(kernel.comms).toHaveLength(0);

  link.want();
  link.want();
  await pass();

  expect(kernel.comms).toHaveLength(1);
  expect(kernel.comm.opened).toEqual({ protocol: 1 });
});

test('the hello of the kernel makes a session, and the library asks what there is', async () => {
  const { kernel, link } = await opened();

  expect(link.session).toMatchObject({ key: 'kernel', hello: { version: '0.1.0' } });
  expect(kernel.comm.sent.map(({ verb }) => verb)).toEqual(['watch']);
});

test('a kernel that says hello again has another store, and the same session', async () => {
  const { kernel, link } = await opened();
  const { client, library } = link.session!;
  const changed = vi.fn();
  link.changed.connect(changed);

  kernel.comm.say(2, { kind: 'hello', hello: hello({ store: 'http://elsewhere:11434', remote: true }) });

  expect(link.session).toMatchObject({ hello: { store: 'http://elsewhere:11434', remote: true } });
  expect(link.session!.client).toBe(client);
  expect(link.session!.library).toBe(library);
  expect(link.phase.name).toBe('open');
  expect(changed).toHaveBeenCalled();
});

test('a kernel that closes the comm has not loaded the extension', async () => {
  const { kernel, link } = await linked();

  kernel.comm.onClose({});

  await pass();
  expect(link.phase.name).toBe('absent');
});

test('when the extension is loaded it connects', async () => {
  const { kernel, link } = await linked();
  kernel.comm.onClose({});
  await pass();

  kernel.announced();
  await pass();
  kernel.comm.greet();

  expect(kernel.comms).toHaveLength(2);
  expect(link.phase.name).toBe('open');
});

test('the comm is opened only when its subshell is there', async () => {
  const kernel = new FakeKernel();
  kernel.supportsSubshells = true;
  let started = (): void => undefined;
  kernel.createComm = () => {
    const comm = new FakeComm(kernel);
    comm.subshellStarted = new Promise(resolve => {
      started = () => {
        comm.subshellId = 'subshell';
        resolve();
      };
    });
    kernel.comms.push(comm);
    return comm;
  };
  const link = new KernelLink(kernel as unknown as Kernel.IKernelConnection);
  kernel.know();
  link.want();
  await pass(500);
  expect(kernel.comm.opened).toBeNull();

  started();
  await pass();
  expect(kernel.comm.opened).not.toBeNull();
  kernel.comm.greet();

  kernel.become('busy');
  await pass(5_000);
  expect(link.waits).toBe(false);
});

test('a subshell that never starts does not hold the comm for ever', async () => {
  const kernel = new FakeKernel();
  kernel.supportsSubshells = true;
  const link = new KernelLink(kernel as unknown as Kernel.IKernelConnection);
  kernel.know();
  link.want();

  await pass(3_000);

  expect(kernel.comm.opened).not.toBeNull();
});

test('a silent kernel is tried again, with patience, and is silent in the end', async () => {
  const { kernel, link } = await linked();
  await pass(3_100);
  expect(kernel.comms).toHaveLength(2);

  await pass(60_000);

  expect(kernel.comms).toHaveLength(4);
  expect(link.phase.name).toBe('silent');
  expect(kernel.comms.every(comm => !comm.isDisposed)).toBe(true);
});

test('an answer that comes late counts, even to a comm that was given up', async () => {
  const { kernel, link } = await linked();
  await pass(60_000);

  kernel.comms[1]!.greet();

  expect(link.phase.name).toBe('open');
});

test('while a cell runs a kernel without subshells is not silent but busy', async () => {
  const { kernel, link } = await linked();
  kernel.become('busy');

  await pass(60_000);
  expect(kernel.comms).toHaveLength(1);
  expect(link.waits).toBe(true);

  kernel.become('idle');
  kernel.comm.greet();
  expect(link.phase.name).toBe('open');
  expect(link.waits).toBe(false);
});

test('work that is over at once is no waiting', async () => {
  const { kernel, link } = await opened();

  kernel.become('busy');
  await pass(300);
  kernel.become('idle');
  await pass(5_000);

  expect(link.waits).toBe(false);
});

test('an idle kernel whose word was lost is asked again what it is, a few times', async () => {
  const kernel = new FakeKernel();
  const link = new KernelLink(kernel as never);
  await pass(60_000);
  expect(kernel.asked).toBe(4);
  kernel.know();
  await pass();
  expect(link.isKnown).toBe(true);
});

test('a kernel that has not said what it is is late after a while', async () => {
  const { kernel, link } = await linked({ known: false });
  expect(link.isLate).toBe(false);

  await pass(2_000);
  expect(link.isLate).toBe(true);
  expect(kernel.comms).toHaveLength(0);
  kernel.know();
  await pass();

  expect(link.isLate).toBe(false);
  expect(kernel.comms).toHaveLength(1);
});

test('a kernel that is known is asked although nobody has said what it does', async () => {
  const kernel = new FakeKernel();
  kernel.status = 'unknown';
  const link = new KernelLink(kernel as unknown as Kernel.IKernelConnection);
  link.want();
  await pass();
  expect(kernel.comms).toHaveLength(0);

  kernel.know();
  await pass();

  expect(kernel.comms).toHaveLength(1);
});

test('a kernel of another language is not asked', async () => {
  const kernel = new FakeKernel();
  kernel.language = 'R';
  const link = new KernelLink(kernel as unknown as Kernel.IKernelConnection);
  kernel.know();
  link.want();
  await pass();

  expect(link.phase).toEqual({ name: 'language', language: 'R' });
  expect(kernel.comms).toHaveLength(0);
});

test.each([
  [2, false],
  [0, true]
])('protocol %i is another version', async (protocol, older) => {
  const { kernel, link } = await linked();

  kernel.comm.greet({ protocol, version: '9.9' });

  expect(link.phase).toEqual({ name: 'other version', version: '9.9', older });
});

test.each(['restarting', 'autorestarting'])('%s ends what was asked and begins anew when the kernel is idle', async status => {
  const { kernel, link } = await opened();
  const before = link.session!;
  const asked = before.client.request('open', { name: 'mario' });
  kernel.become(status);
  await expect(asked).rejects.toMatchObject({ kind: 'Closed' });
  await pass(10_000);
  expect(kernel.comms).toHaveLength(1);

  kernel.become('idle');
  await pass();
  kernel.comm.greet();

  expect(kernel.comms).toHaveLength(2);
  expect(link.session).not.toBe(before);
  expect(link.session?.key).toBe(before.key);
});

test('a restart makes JupyterLab forget the subshells of the kernel', async () => {
  const known = { kernel: { jupyter_ollama: 'gone' }, other: {} } as Record<string, object>;
  Object.assign(FakeComm, { _commTargetSubShellsId: known });
  const { kernel } = await opened();

  kernel.become('autorestarting');

  expect(known).toEqual({ other: {} });
});

test('Load runs in silence and connects; after a restart it is done again', async () => {
  const { kernel, link } = await linked();
  kernel.comm.onClose({});
  kernel.replies.push({ status: 'ok' }, { status: 'ok' });
  void link.load();
  await pass();
  kernel.comm.greet();
  expect(kernel.executed).toEqual(['%load_ext jupyter_ollama']);
  expect(link.phase.name).toBe('open');

  kernel.become('restarting');
  kernel.become('idle');
  await pass();

  expect(kernel.executed).toHaveLength(2);
});

test.each<[Reply, object]>([
  [{ status: 'error', ename: 'ModuleNotFoundError', evalue: "No module named 'jupyter_ollama'" }, { name: 'missing', executable: '/usr/bin/python3' }],
  [{ status: 'error', ename: 'ModuleNotFoundError', evalue: "No module named 'gguf'" }, { name: 'failed', error: "ModuleNotFoundError: No module named 'gguf'" }],
  [{ status: 'error', ename: 'OSError', evalue: 'no disk' }, { name: 'failed', error: 'OSError: no disk' }]
])('Load that ends with %o is %o', async (reply, phase) => {
  const { kernel, link } = await linked();
  kernel.replies.push(reply, { status: 'ok', user_expressions: { asked: { data: { 'text/plain': "'/usr/bin/python3'" } } } });

  await link.load();

  expect(link.phase).toEqual(phase);
});

test('an extension that was loaded and knows no panel is too old', async () => {
  const { kernel, link } = await linked();
  kernel.replies.push({ status: 'ok' }, { status: 'ok', user_expressions: { asked: { data: { 'text/plain': "'0.0.9'" } } } });
  const loading = link.load();
  await pass();

  kernel.comm.onClose({});
  await loading;

  expect(link.phase).toEqual({ name: 'other version', version: '0.0.9', older: true });
});

test('after a lost connection the kernel is asked how far it is, and one that does not know the page is connected anew', async () => {
  const { kernel, link } = await opened();
  kernel.connectionStatus = 'connecting';
  kernel.connectionStatusChanged.emit('connecting');
  kernel.connectionStatus = 'connected';
  kernel.connectionStatusChanged.emit('connected');
  expect(kernel.comm.sent.at(-1)?.verb).toBe('resync');
  kernel.comm.say(2, { kind: 'result', id: kernel.comm.sent.at(-1)!.id, result: null });
  await pass(10_000);
  expect(kernel.comms).toHaveLength(1);

  kernel.connectionStatusChanged.emit('connected');
  await pass(4_000);

  expect(kernel.comms).toHaveLength(2);
  expect(link.phase.name).toBe('connecting');
});

test('when the kernel closes the comm later, the extension was unloaded', async () => {
  const { kernel, link } = await opened();

  kernel.comm.onClose({});

  expect(link.phase.name).toBe('absent');
  await expect(link.session!.client.request('options', {})).rejects.toMatchObject({ kind: 'Closed' });
});

test('what is no batch is passed over', async () => {
  const { kernel, link } = await opened();

  kernel.comm.onMsg({ content: { data: { seq: 'x' } } });
  kernel.comm.onMsg({ content: { data: {} } });

  expect(link.phase.name).toBe('open');
});
