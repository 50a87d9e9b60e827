/**
 * Loads the extension in a kernel, without a trace in the notebook or in its history.
 */

import type { Kernel, KernelMessage } from '@jupyterlab/services';

/** The package as the kernel knows it. */
export const PACKAGE = 'jupyter_ollama';

export type Loaded =
  | { readonly outcome: 'loaded' }
  | { readonly outcome: 'missing'; readonly executable: string } // of the Python that lacks it
  | { readonly outcome: 'failed'; readonly error: string };

/** Run `%load_ext`; waits for a cell that runs. */
export async function loadExtension(kernel: Kernel.IKernelConnection): Promise<Loaded> {
  const reply = await run(kernel, `%load_ext ${PACKAGE}`);
  if (reply.status === 'ok') {
    return { outcome: 'loaded' };
  }
  if (reply.status !== 'error') {
    return { outcome: 'failed', error: 'The kernel was interrupted.' };
  }
  const { ename, evalue } = reply;
  if (ename === 'ModuleNotFoundError' && evalue === `No module named '${PACKAGE}'`) {
    return { outcome: 'missing', executable: await ask(kernel, "__import__('sys').executable") };
  }
  return { outcome: 'failed', error: `${ename}: ${evalue}` };
}

/** The version of the package in the kernel; empty where it tells none. */
export function versionOf(kernel: Kernel.IKernelConnection): Promise<string> {
  return ask(kernel, `str(getattr(__import__('${PACKAGE}'), '__version__', ''))`);
}

/** The text that a Python expression evaluates to; empty if it fails. */
async function ask(kernel: Kernel.IKernelConnection, expression: string): Promise<string> {
  const reply = await run(kernel, '', { asked: expression });
  const answer = (reply as Partial<KernelMessage.IExecuteReply>).user_expressions?.['asked'] as { data?: Record<string, string> } | undefined;
  return (answer?.data?.['text/plain'] ?? '').replace(/^(['"])(.*)\1$/s, '$2').replaceAll('\\\\', '\\');
}

async function run(kernel: Kernel.IKernelConnection, code: string, expressions: Record<string, string> = {}): Promise<KernelMessage.IExecuteReplyMsg['content']> {
  const future = kernel.requestExecute(
    { code, silent: true, store_history: false, stop_on_error: false, allow_stdin: false, user_expressions: expressions },
    true
  );
  return (await future.done).content;
}
