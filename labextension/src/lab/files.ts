/**
 * The file browser's menu: make a model from a GGUF file or a Modelfile. The kernel finds the file by its path relative to the notebook,
 * where kernels start.
 */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { PathExt } from '@jupyterlab/coreutils';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { Contents } from '@jupyterlab/services';
import type { ITexts } from '../host';
import type { Place } from '../navigation';
import { ollamaIcon } from './icon';
import { CommandIDs } from './tokens';
import type { KernelWatch } from './watch';

const WEIGHTS = /\.gguf$/i;
const MODELFILE = /^modelfile(\.\w+)?$|\.modelfile$/i;

export interface IFilesOptions {
  readonly app: JupyterFrontEnd;
  readonly browsers: IFileBrowserFactory;
  readonly watch: KernelWatch;
  readonly trans: ITexts;
  readonly open: (place: Place) => void;
}

export function addToFileBrowser({ app, browsers, watch, trans, open }: IFilesOptions): void {
  const chosen = (): Contents.IModel | null => {
    const items = [...(browsers.tracker.currentWidget?.selectedItems() ?? [])];
    const [item] = items;
    return items.length === 1 && item?.type !== 'directory' && (WEIGHTS.test(item!.name) || MODELFILE.test(item!.name)) ? item! : null;
  };
  app.commands.addCommand(CommandIDs.createFrom, {
    label: trans.__('Create a Model from This'),
    icon: ollamaIcon,
    isVisible: () => chosen() !== null,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: async () => {
      const item = chosen();
      if (item === null) {
        return;
      }
      const { contents } = app.serviceManager;
      const path = fromNotebook(contents.localPath(item.path), contents.localPath(watch.context?.path ?? ''));
      if (WEIGHTS.test(item.name)) {
        open({ tab: 'create', anew: true, source: path });
      } else {
        const file = await contents.get(item.path, { content: true, format: 'text', type: 'file' });
        open({ tab: 'create', anew: true, modelfile: String(file.content), folder: PathExt.dirname(path) || '.' });
      }
    }
  });
  app.contextMenu.addItem({ command: CommandIDs.createFrom, selector: '.jp-DirListing-item[data-isdir="false"]', rank: 3 });
}

/** The way from a notebook's folder to a file; both paths start at the server's root. */
export function fromNotebook(file: string, notebook: string): string {
  const path = PathExt.relative(PathExt.dirname(notebook), file);
  return path.startsWith('.') ? path : `./${path}`;
}
