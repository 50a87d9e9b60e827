/**
 * The figures of an answer in the language of the page.
 */

import type { ITexts } from '../../host';
import type { IAnswer } from '../../protocol';
import { count, figure } from '../format';

/** Tokens per second of the answer; null where there is nothing to measure. */
export function speed(answer: IAnswer): number | null {
  return answer.tokens > 1 && answer.seconds.answer > 0 ? answer.tokens / answer.seconds.answer : null;
}

/** One line: how fast, how much, how long, which seed. */
export function summary(answer: IAnswer, trans: ITexts): string {
  const rate = speed(answer);
  return [
    ...(rate === null ? [] : [trans.__('%1 tokens/s', figure(rate))]),
    trans._n('%1 token', '%1 tokens', answer.tokens),
    trans.__('%1 s', figure(answer.seconds.total)),
    trans.__('seed %1', String(answer.seed))
  ].join(' · ');
}

/** The figures one by one: name and value. */
export function figures(answer: IAnswer, trans: ITexts): [name: string, value: string][] {
  const seconds = (value: number): string => trans.__('%1 s', figure(value));
  return [
    [trans.__('Ended because'), reasonText(answer.reason, trans)],
    [trans.__('Tokens of the prompt'), count(answer.promptTokens)],
    [trans.__('of these remembered'), count(answer.cachedTokens)],
    [trans.__('Tokens of the answer'), count(answer.tokens)],
    [trans.__('Loading'), seconds(answer.seconds.load)],
    [trans.__('Reading the prompt'), seconds(answer.seconds.prompt)],
    [trans.__('Answering'), seconds(answer.seconds.answer)],
    [trans.__('Digest of the model'), answer.digest.replace(/^sha256:/, '').slice(0, 12)]
  ];
}

/** Why an answer ended. */
export function reasonText(reason: string, trans: ITexts): string {
  switch (reason) {
    case 'stop':
      return trans.__('the model was done');
    case 'length':
      return trans.__('the limit of tokens was reached');
    case 'cancelled':
      return trans.__('you stopped it');
    case 'rounds':
      return trans.__('it called tools too many times');
    default:
      return reason;
  }
}
