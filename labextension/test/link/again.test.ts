import { expect, test } from 'vitest';
import { FakeComm, linked, opened, pass, type Reply } from './kernel';

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

test('a kernel that came back and is not said to have started is asked, until it is', async () => {
  const { kernel, link } = await opened();
  kernel.become('autorestarting');
  kernel.become('starting');
  await pass(2_000);
  expect(kernel.asked).toBe(1);

  kernel.become('idle');
  await pass(60_000);
  kernel.comm.greet();

  expect(kernel.asked).toBe(1);
  expect(link.phase.name).toBe('open');
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

test('when the extension is loaded anew it connects anew, whichever word of it comes first', async () => {
  const { kernel, link } = await opened();
  const before = link.session!;

  kernel.announced(); // %reload_ext: the main shell's word; the comm is closed by another thread
  kernel.comm.onClose({});
  await pass(1);
  expect(kernel.comms).toHaveLength(2);
  kernel.comm.greet();
  await pass();

  expect(link.phase.name).toBe('open');
  expect(link.session).not.toBe(before);
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
