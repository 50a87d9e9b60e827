/**
 * What the panel says: a greeting, the kernel in front, and the first line to type. Props in, nothing out.
 */

import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IActiveKernel } from '../tokens';

/** What `Greeting` shows. */
export interface IGreetingProps {
  readonly active: IActiveKernel | null;
  readonly trans: TranslationBundle;
}

/** The greeting and the state of the kernel in front. */
export function Greeting({ active, trans }: IGreetingProps): JSX.Element {
  return (
    <div className="jo-greeting">
      <h2>{trans.__('Hello from Ollama in Jupyter')}</h2>
      <p>{trans.__('Models run next to your notebook, on this machine. No server is needed.')}</p>
      <p className="jo-kernel" role="status" data-status={active?.status ?? 'none'}>
        {kernelText(active, trans)}
      </p>
      <p>{trans.__('To begin, run this in a cell:')}</p>
      <pre>%load_ext jupyter_ollama</pre>
    </div>
  );
}

function kernelText(active: IActiveKernel | null, trans: TranslationBundle): string {
  if (active === null) {
    return trans.__('No notebook is open. Open one, and its kernel appears here.');
  }
  if (active.kernel === '') {
    return trans.__('%1 has no kernel.', active.notebook);
  }
  return trans.__('%1 runs on %2: %3.', active.notebook, active.kernel, statusText(active.status, trans));
}

function statusText(status: Kernel.Status, trans: TranslationBundle): string {
  switch (status) {
    case 'idle':
      return trans.__('ready');
    case 'busy':
      return trans.__('busy');
    case 'dead':
    case 'terminating':
      return trans.__('stopped');
    default:
      return trans.__('starting');
  }
}
