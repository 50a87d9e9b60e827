/**
 * The names and types the other files share: no code that runs, no JupyterLab imports beyond types.
 */

import type { Kernel } from '@jupyterlab/services';

/** The id of the panel in the shell, and of its element in the page. */
export const PANEL_ID = 'jupyter-ollama-panel';

/** The name under which translations of this extension are found. */
export const TRANSLATION_DOMAIN = 'jupyter_ollama';

/** The commands this extension adds. */
export const CommandIDs = {
  /** Show the panel. */
  open: 'jupyter-ollama:open'
} as const;

/** What is known about the kernel of the notebook in front. */
export interface IActiveKernel {
  /** The file name of the notebook, such as `01-quickstart.ipynb`. */
  readonly notebook: string;

  /** The kernel's display name, such as `Python 3 (ipykernel)`; empty while there is none. */
  readonly kernel: string;

  /** What the kernel is doing. */
  readonly status: Kernel.Status;
}
