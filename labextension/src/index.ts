/**
 * Wiring only: the plugin that puts the panel into JupyterLab or Notebook 7.
 */

import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ollamaIcon } from './icon';
import { KernelWatch } from './kernel';
import { OllamaPanel } from './panel';
import { CommandIDs, PANEL_ID, TRANSLATION_DOMAIN } from './tokens';

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-ollama:panel',
  description: 'Adds the Ollama side panel.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ITranslator, ICommandPalette, ILayoutRestorer],
  activate
};

function activate(
  app: JupyterFrontEnd,
  notebooks: INotebookTracker,
  translator: ITranslator | null,
  palette: ICommandPalette | null,
  restorer: ILayoutRestorer | null
): void {
  const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
  const panel = new OllamaPanel(new KernelWatch(notebooks), trans);
  app.shell.add(panel, 'left', { rank: 700, type: 'Ollama' });
  restorer?.add(panel, PANEL_ID);

  app.commands.addCommand(CommandIDs.open, {
    label: trans.__('Show Ollama'),
    caption: trans.__('Show the Ollama panel'),
    icon: ollamaIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => app.shell.activateById(PANEL_ID)
  });
  palette?.addItem({ command: CommandIDs.open, category: trans.__('Ollama') });
}

export default plugin;
