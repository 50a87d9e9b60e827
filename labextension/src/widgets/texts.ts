/**
 * Texts in the language of the page. JupyterLab has a translator; a widget asks the kernel for the same catalogue.
 */

import type { Client } from '../client';
import type { ITexts } from '../host';
import { language } from '../views/format';

export type Catalogue = Readonly<Record<string, string>>;

/** Texts by a catalogue; what is not in it stays English. */
export function textsOf(catalogue: Catalogue): ITexts {
  const translated = (text: string): string | undefined => (Object.hasOwn(catalogue, text) ? catalogue[text] : undefined);
  return {
    __: (text, ...args) => filled(translated(text) ?? text, args),
    _n: (one, many, n, ...args) => filled(translated(one) ?? (n === 1 ? one : many), [n, ...args])
  };
}

/** The catalogue for the page; null where English is spoken, or nobody can say. */
export async function catalogueOf(client: Client): Promise<Catalogue | null> {
  const wanted = language() || navigator.language;
  if (wanted === '' || /^en\b/i.test(wanted)) {
    return null;
  }
  return client.request('catalogue', { language: wanted }).catch(() => null);
}

/** As JupyterLab fills texts: `%1` is the first argument, `%%` is a percent sign. */
function filled(text: string, args: readonly unknown[]): string {
  return text.replace(/%%|%(\d+)/g, (found, index: string | undefined) => (index === undefined ? '%' : String(args[Number(index) - 1] ?? found)));
}
