/**
 * From a view to what anywidget loads. One session for each widget and page, found by the widget's name; a root for each view.
 */

import type { ComponentType } from 'react';
import { createRoot } from 'react-dom/client';
import type { IHost } from '../host';
import { Frame, type IWidgetProps } from './frame';
import { type IModel, textOf } from './model';
import { WidgetSession } from './session';
import { followTheme } from './theme';

interface IWidget {
  initialize(given: { model: IModel }): () => void;
  render(given: { model: IModel; el: HTMLElement }): () => void;
}

/** Keys of notebooks that act on cells; typing in a view is not meant for them. */
const KEYS = ['keydown', 'keypress', 'keyup', 'paste', 'copy', 'cut'];

/** `markdown` draws it, for views that have any. */
export function widget(View: ComponentType<IWidgetProps>, markdown?: IHost['renderMarkdown']): IWidget {
  const sessions = new Map<string, WidgetSession>();
  const sessionOf = (model: IModel): WidgetSession => {
    const name = textOf(model, '_widget');
    const found = sessions.get(name) ?? new WidgetSession(model);
    sessions.set(name, found);
    return found;
  };
  return {
    initialize({ model }) {
      const session = sessionOf(model);
      return () => {
        session.close();
        sessions.delete(textOf(model, '_widget'));
      };
    },
    render({ model, el }) {
      const element = document.createElement('div');
      element.className = 'jo-panel jo-widget';
      element.dataset['lmSuppressShortcuts'] = 'true';
      element.dataset['jpSuppressContextMenu'] = '';
      KEYS.forEach(type => element.addEventListener(type, event => event.stopPropagation()));
      const size = (): void => void (element.style.blockSize = `${Number(model.get('height')) || 480}px`);
      size();
      model.on('change:height', size);
      el.append(element);
      const unfollow = followTheme(element);
      const root = createRoot(element);
      root.render(<Frame session={sessionOf(model)} root={element} View={View} markdown={markdown} />);
      return () => {
        model.off('change:height', size);
        unfollow();
        root.unmount();
        element.remove();
      };
    }
  };
}
