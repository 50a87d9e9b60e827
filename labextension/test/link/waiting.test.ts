import type { Kernel } from '@jupyterlab/services';
import { expect, test } from 'vitest';
import { KernelLink } from '../../src/lab/link';
import { FakeKernel, linked, opened, pass } from './kernel';

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
