import type { Kernel } from '@jupyterlab/services';
import { expect, test, vi } from 'vitest';
import { KernelLink } from '../../src/lab/link';
import { hello } from '../scripted';
import { FakeComm, FakeKernel, linked, opened, pass } from './kernel';

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

test('when the extension is loaded while it connects, a refusal from before counts no more', async () => {
  const { kernel, link } = await linked();

  kernel.announced(); // from the main shell; it overtakes what a subshell said earlier
  kernel.comm.onClose({});
  for (let tick = 0; tick < 20; tick += 1) {
    await Promise.resolve(); // meanwhile JupyterLab ends the subshell of the comm that was closed
  }
  expect(kernel.comms).toHaveLength(1);
  await pass(1);
  expect(kernel.comms).toHaveLength(2);
  kernel.comm.greet();

  expect(link.phase.name).toBe('open');
});

test('a kernel that says hello and hears nothing is connected anew', async () => {
  const { kernel, link } = await opened();

  await pass(13_000);
  expect(kernel.comms).toHaveLength(2);
  kernel.comm.greet();
  kernel.comm.say(2, { kind: 'result', id: kernel.comm.sent.at(-1)!.id, result: null });
  await pass(60_000);

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
