/**
 * Markdown as HTML that does nothing by itself: no script, no style of its own, nothing fetched, and links lead to a new page.
 */

import DOMPurify from 'dompurify';
import { Marked } from 'marked';
import { quiet } from '../quiet';

const RULES = {
  USE_PROFILES: { html: true },
  FORBID_TAGS: ['style', 'form', 'input', 'button', 'select', 'textarea', 'dialog'],
  FORBID_ATTR: ['style', 'id', 'name', 'class'],
  ALLOW_DATA_ATTR: false
};

const marked = new Marked({ gfm: true, breaks: false });

/** Draw a text into an element, in the place of what was there. */
export async function renderMarkdown(text: string, into: HTMLElement): Promise<void> {
  const html = quiet(DOMPurify.sanitize(marked.parse(text, { async: false }), RULES));
  const template = document.createElement('template');
  template.innerHTML = html;
  for (const link of Array.from(template.content.querySelectorAll('a'))) {
    link.target = '_blank';
    link.rel = 'noopener noreferrer';
  }
  into.replaceChildren(template.content);
}
