/**
 * A kernel as JupyterLab has it, and a link to it; time is the test's own. What the kernel does is told by the test.
 */

import type { Kernel } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { KernelLink } from '../../src/lab/link';
import type { IHello } from '../../src/protocol';
import { hello } from '../scripted';

export type Reply = { status: 'ok' } | { status: 'error'; ename: string; evalue: string } | { status: 'ok'; user_expressions: object };

/** A comm as JupyterLab makes it. What the kernel does with it is told by the test. */
export class FakeComm {
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

export class FakeKernel {
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

export const pass = (milliseconds = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

export async function linked({ known = true } = {}): Promise<{ kernel: FakeKernel; link: KernelLink }> {
  const kernel = new FakeKernel();
  const link = new KernelLink(kernel as unknown as Kernel.IKernelConnection);
  if (known) {
    kernel.know();
  }
  link.want();
  await pass();
  return { kernel, link };
}

export async function opened(): Promise<{ kernel: FakeKernel; link: KernelLink }> {
  const { kernel, link } = await linked();
  kernel.comm.greet();
  await pass();
  expect(link.phase.name).toBe('open');
  return { kernel, link };
}
