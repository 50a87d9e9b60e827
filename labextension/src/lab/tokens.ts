/**
 * The names that others may know: of the panel, of its commands, of its settings.
 */

/** The id of the plugin, and with it of its settings. */
export const PLUGIN_ID = 'jupyter-ollama:panel';

/** The id of the panel in the shell, and of its element in the page. */
export const PANEL_ID = 'jupyter-ollama-panel';

/** The name under which translations of this extension are found. */
export const TRANSLATION_DOMAIN = 'jupyter_ollama';

/** The commands this extension adds. */
export const CommandIDs = {
  open: 'jupyter-ollama:open',
  load: 'jupyter-ollama:load',
  models: 'jupyter-ollama:models',
  layers: 'jupyter-ollama:layers',
  chat: 'jupyter-ollama:chat',
  create: 'jupyter-ollama:create',
  createFrom: 'jupyter-ollama:create-from-file',
  pull: 'jupyter-ollama:pull',
  unload: 'jupyter-ollama:unload',
  retry: 'jupyter-ollama:retry'
} as const;
