/**
 * Wiring only: the plugin that puts the panel into JupyterLab or Notebook 7.
 */

import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, ISessionContextDialogs, SessionContextDialogs } from '@jupyterlab/apputils';
import { IConsoleTracker } from '@jupyterlab/console';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { addCommands, addToLauncher, fillPalette, opener } from './lab/commands';
import { Desk } from './lab/desk';
import { addToFileBrowser } from './lab/files';
import { LabHost } from './lab/host';
import { OllamaPanel } from './lab/panel';
import { followSettings } from './lab/settings';
import { StatusItem } from './lab/status';
import { PANEL_ID, PLUGIN_ID, TRANSLATION_DOMAIN } from './lab/tokens';
import { KernelWatch } from './lab/watch';
import { Navigation } from './navigation';

const plugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description: 'Adds the Ollama side panel.',
  autoStart: true,
  requires: [INotebookTracker, IRenderMimeRegistry],
  optional: [
    ITranslator,
    ICommandPalette,
    ILayoutRestorer,
    IConsoleTracker,
    ISessionContextDialogs,
    ISettingRegistry,
    IStatusBar,
    ILauncher,
    IFileBrowserFactory
  ],
  activate
};

function activate(
  app: JupyterFrontEnd,
  notebooks: INotebookTracker,
  rendermime: IRenderMimeRegistry,
  translator: ITranslator | null,
  palette: ICommandPalette | null,
  restorer: ILayoutRestorer | null,
  consoles: IConsoleTracker | null,
  dialogs: ISessionContextDialogs | null,
  registry: ISettingRegistry | null,
  statusBar: IStatusBar | null,
  launcher: ILauncher | null,
  browsers: IFileBrowserFactory | null
): void {
  const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
  const navigation = new Navigation();
  const watch = new KernelWatch(app.shell, notebooks, consoles);
  const desk = new Desk({
    watch,
    kernels: app.serviceManager.kernels,
    commands: app.commands,
    dialogs: dialogs ?? new SessionContextDialogs({ translator: translator ?? nullTranslator })
  });
  const host = new LabHost({ trans, rendermime, notebooks, watch });
  const open = opener({ app, navigation });

  const panel = new OllamaPanel(desk, navigation, host, trans);
  app.shell.add(panel, 'left', { rank: 700, type: 'Ollama' });
  restorer?.add(panel, PANEL_ID);

  addCommands({ app, desk, navigation, trans });
  if (palette !== null) {
    fillPalette(palette, trans);
  }
  if (launcher !== null) {
    addToLauncher(launcher, trans);
  }
  if (browsers !== null) {
    addToFileBrowser({ app, browsers, watch, trans, open });
  }
  statusBar?.registerStatusItem(PANEL_ID, { item: new StatusItem(desk, trans, () => open()), align: 'left', rank: 90 });
  if (registry !== null) {
    void followSettings(registry, trans, settings => {
      host.preferences = settings;
      desk.onLoaded = settings.showWhenLoaded ? () => open() : null;
    });
  }
}

export default plugin;
