/**
 * A cell as the host of a view: no notebook that could be changed, and its own Markdown, questions and clipboard.
 */

import { type IHost, type ITexts, PREFERENCES } from '../host';
import { confirm } from './dialog';

/** The host of the view in `root`. Only views with answers in them bring Markdown: it is a third of what they load. */
export function hostOf(root: HTMLElement, trans: ITexts, renderMarkdown: IHost['renderMarkdown'] = asText): IHost {
  return {
    trans,
    preferences: PREFERENCES,
    renderMarkdown,
    insertCells: null,
    confirm: (title, text, action) => confirm(root, { title, text, action, cancel: trans.__('Cancel') }),
    copyText: text => copy(root, text)
  };
}

async function asText(text: string, into: HTMLElement): Promise<void> {
  into.textContent = text;
}

/** Pages in frames of their own may be kept from the clipboard; then the old way is tried. */
async function copy(root: HTMLElement, text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const box = document.createElement('textarea');
    box.value = text;
    box.className = 'jo-visually-hidden';
    const before = (root.getRootNode() as Document).activeElement as HTMLElement | null;
    root.append(box);
    box.select();
    document.execCommand('copy');
    box.remove();
    before?.focus({ preventScroll: true });
  }
}
