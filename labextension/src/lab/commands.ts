/**
 * The commands: in the palette, the launcher, the file browser's menu, and for other extensions. Each goes to a place of the panel.
 */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';
import type { ILauncher } from '@jupyterlab/launcher';
import type { CommandRegistry } from '@lumino/commands';
import type { ITexts } from '../host';
import type { Navigation, Place } from '../navigation';
import type { Desk } from './desk';
import { ollamaIcon } from './icon';
import { CommandIDs, PANEL_ID } from './tokens';

export interface ICommandsOptions {
  readonly app: JupyterFrontEnd;
  readonly desk: Desk;
  readonly navigation: Navigation;
  readonly trans: ITexts;
}

type Properties = Readonly<Record<string, { readonly type: string; readonly description: string }>>;

const MODEL: Properties = { model: { type: 'string', description: 'The name of a model, such as mario:latest' } };
const TO_CREATE: Properties = {
  name: { type: 'string', description: 'The name of the new model' },
  source: { type: 'string', description: 'A model, a file or a folder to make it from' },
  modelfile: { type: 'string', description: 'The text of a Modelfile' },
  folder: { type: 'string', description: 'Where relative paths of the Modelfile start' }
};

/** Show the panel, at a place of it if one is given. */
export function opener({ app, navigation }: Pick<ICommandsOptions, 'app' | 'navigation'>): (place?: Place) => void {
  return place => {
    if (place !== undefined) {
      navigation.go(place);
    }
    app.shell.activateById(PANEL_ID);
  };
}

export function addCommands(options: ICommandsOptions): void {
  const { app, desk, trans } = options;
  const open = opener(options);
  const add = (id: string, properties: Properties, command: Omit<CommandRegistry.ICommandOptions, 'describedBy'>): void => {
    app.commands.addCommand(id, { ...command, describedBy: { args: { type: 'object', properties } } });
  };
  add(CommandIDs.open, {}, {
    label: args => (args['isLauncher'] === true ? trans.__('Ollama') : trans.__('Show Ollama')),
    caption: trans.__('Show the Ollama panel'),
    icon: args => (args['isPalette'] === true ? undefined : ollamaIcon),
    execute: () => open()
  });
  add(CommandIDs.models, {}, { label: trans.__('Show the Models'), execute: () => open({ tab: 'models' }) });
  add(CommandIDs.layers, MODEL, {
    label: trans.__('Open the Layers of a Model'),
    isEnabled: args => typeof args['model'] === 'string',
    execute: args => open({ tab: 'models', ...texts(args, MODEL) })
  });
  add(CommandIDs.chat, MODEL, { label: trans.__('New Conversation'), execute: args => open({ tab: 'chat', anew: true, ...texts(args, MODEL) }) });
  add(CommandIDs.create, TO_CREATE, { label: trans.__('Create a Model'), execute: args => open({ tab: 'create', anew: true, ...texts(args, TO_CREATE) }) });
  add(CommandIDs.pull, MODEL, {
    label: trans.__('Pull a Model'),
    execute: args => open({ tab: 'pull', ...(typeof args['model'] === 'string' ? { name: args['model'] } : {}) })
  });
  add(CommandIDs.unload, MODEL, {
    label: trans.__('Unload a Model'),
    caption: trans.__('Free the memory of a model; its files stay'),
    isEnabled: args => desk.session !== null && typeof args['model'] === 'string',
    execute: args => desk.session?.client.request('stop', { name: String(args['model']) })
  });
  add(CommandIDs.load, {}, {
    label: trans.__('Load Ollama in This Kernel'),
    caption: trans.__('Run %load_ext jupyter_ollama in the kernel in front'),
    isEnabled: () => LOADABLE.has(desk.snapshot().situation.state),
    execute: () => {
      open();
      desk.load();
    }
  });
  add(CommandIDs.retry, {}, {
    label: trans.__('Connect to the Kernel Again'),
    isEnabled: () => RETRIABLE.has(desk.snapshot().situation.state),
    execute: () => desk.retry()
  });
}

const LOADABLE: ReadonlySet<string> = new Set(['absent', 'missing', 'failed']);
const RETRIABLE: ReadonlySet<string> = new Set(['silent', 'lost', 'absent', 'other version']);

/** Those that make sense without arguments. */
export function fillPalette(palette: ICommandPalette, trans: ITexts): void {
  const category = trans.__('Ollama');
  for (const command of [CommandIDs.open, CommandIDs.models, CommandIDs.chat, CommandIDs.create, CommandIDs.pull, CommandIDs.load, CommandIDs.retry]) {
    palette.addItem({ command, category, args: { isPalette: true } });
  }
}

export function addToLauncher(launcher: ILauncher, trans: ITexts): void {
  launcher.add({ command: CommandIDs.open, category: trans.__('Other'), rank: 60, args: { isLauncher: true } });
}

/** Those of the arguments that are texts. */
function texts(args: object, known: Properties): Record<string, string> {
  return Object.fromEntries(Object.entries(args).filter(([name, value]) => name in known && typeof value === 'string' && value !== ''));
}
