/**
 * A cell as the host of a view: no notebook that could be changed, and its own Markdown, questions and clipboard.
 */

import { type IHost, type ITexts, PREFERENCES } from '../host';
import { confirm } from './dialog';
import { renderMarkdown } from './markdown';

/** The host of the view in `root`. */
export function hostOf(root: HTMLElement, trans: ITexts): IHost {
  return {
    trans,
    preferences: PREFERENCES,
    renderMarkdown,
    insertCells: null,
    confirm: (title, text, action) => confirm(root, { title, text, action, cancel: trans.__('Cancel') }),
    copyText: text => copy(root, text)
  };
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
