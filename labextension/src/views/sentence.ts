/**
 * What the kernel says, in the user's language. Its sentences are known to the catalogue by their English patterns (`locale/zh_CN/kernel`);
 * one that the catalogue does not know is said in English. `tests/test_sentences.py` sees to it that none is forgotten.
 */

import type { ITexts } from '../host';
import type { IFault, Sentence } from '../protocol';

/** A sentence with its places filled. */
export function sentence([pattern, ...values]: Sentence, trans: ITexts): string {
  return pattern === '' ? '' : trans.__(pattern, ...values.map(value => (typeof value === 'string' ? value : sentence(value, trans))));
}

/** A text of the kernel that has no places: what a parameter does, what a model is good for. */
export function phrase(text: string, trans: ITexts): string {
  return sentence([text.replace(/%/g, '%%')], trans);
}

/** What an error says, and what to do next. */
export function faultTexts({ text, hint, words }: IFault, trans: ITexts): { readonly text: string; readonly hint: string } {
  return words === undefined ? { text: phrase(text, trans), hint: phrase(hint, trans) } : { text: sentence(words[0], trans), hint: sentence(words[1], trans) };
}
