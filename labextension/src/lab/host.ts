/**
 * JupyterLab as the host of the views. A new host is made when the settings change or another document comes to the front.
 */

import { Clipboard, Dialog, showDialog } from '@jupyterlab/apputils';
import { type INotebookTracker } from '@jupyterlab/notebook';
import { type IRenderMime, type IRenderMimeRegistry, MimeModel } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';
import { type IHost, type IPreferences, type ITexts, PREFERENCES } from '../host';
import { insertCells } from './insert';
import { AnswerSanitizer } from './sanitizer';
import type { KernelWatch } from './watch';

const MARKDOWN = 'text/markdown';

export interface ILabHostOptions {
  readonly trans: ITexts;
  readonly rendermime: IRenderMimeRegistry;
  readonly notebooks: INotebookTracker;
  readonly watch: KernelWatch;
}

export class LabHost {
  constructor(private readonly _options: ILabHostOptions) {
    const { rendermime } = _options;
    this._rendermime = rendermime.clone({ sanitizer: new AnswerSanitizer(rendermime.sanitizer) });
    _options.watch.changed.connect(this._look, this);
    this._host = this._make();
  }

  readonly snapshot = (): IHost => this._host;

  readonly subscribe = (listener: () => void): (() => void) => {
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  };

  /** What the user has set. */
  set preferences(preferences: IPreferences) {
    this._preferences = preferences;
    this._renew();
  }

  get preferences(): IPreferences {
    return this._preferences;
  }

  private _look(): void {
    if ((this._host.insertCells !== null) !== this._hasNotebook) {
      this._renew();
    }
  }

  private _renew(): void {
    this._host = this._make();
    this._listeners.forEach(listener => listener());
  }

  /** Whether cells have a place to go to: the document in front is a notebook, not a console. */
  private get _hasNotebook(): boolean {
    const { notebooks, watch } = this._options;
    return notebooks.currentWidget !== null && notebooks.currentWidget.sessionContext === watch.context;
  }

  private _make(): IHost {
    const { trans, notebooks } = this._options;
    return {
      trans,
      preferences: this._preferences,
      renderMarkdown: this._renderMarkdown,
      insertCells: this._hasNotebook ? cells => insertCells(notebooks.currentWidget, cells) : null,
      confirm: async (title, text, action) => {
        const buttons = [Dialog.cancelButton({ label: trans.__('Cancel') }), Dialog.warnButton({ label: action })];
        return (await showDialog({ title, body: question(text), buttons })).button.accept;
      },
      copyText: async text => Clipboard.copyToSystem(text)
    };
  }

  /** By JupyterLab's own renderer, which sanitizes; one renderer for each element, so that a longer text replaces a shorter one. */
  private readonly _renderMarkdown = async (text: string, into: HTMLElement): Promise<void> => {
    let renderer = this._renderers.get(into);
    if (renderer === undefined) {
      renderer = this._rendermime.createRenderer(MARKDOWN);
      this._renderers.set(into, renderer);
    }
    if (!renderer.isAttached && into.isConnected) {
      Widget.attach(renderer, into); // before it draws: formulas are set only in what is attached
    }
    await renderer.renderModel(new MimeModel({ data: { [MARKDOWN]: text }, trusted: false }));
  };

  private readonly _rendermime: IRenderMimeRegistry;
  private readonly _renderers = new WeakMap<HTMLElement, IRenderMime.IRenderer>();
  private readonly _listeners = new Set<() => void>();
  private _preferences = PREFERENCES;
  private _host: IHost;
}

/** A text of several lines. */
function question(text: string): Widget {
  const body = new Widget();
  body.addClass('jo-question');
  body.node.textContent = text;
  return body;
}
