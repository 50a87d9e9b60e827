/**
 * The icon of the panel: a speech bubble with three layers in it.
 */

import { LabIcon } from '@jupyterlab/ui-components';

/** Shown on the side bar and in the command palette; follows the theme through `jp-icon3`. */
export const ollamaIcon = new LabIcon({
  name: 'jupyter-ollama:panel',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="16" height="16">
  <path class="jp-icon3 jp-icon-selectable" fill="#616161" fill-rule="evenodd"
    d="M4 3h16a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2h-8l-5 4v-4H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zm0 2v11h5v2l2.5-2H20V5H4zm3 2h10v1.6H7V7zm0 2.8h10v1.6H7V9.8zm0 2.8h10v1.6H7v-1.6z"/>
</svg>`
});
