/**
 * What each suggested model is good for, in the user's language. The English is the kernel's; a model that is not here is told as the
 * kernel tells it.
 */

import type { ITexts } from '../../host';

export function suggestionText(text: string, trans: ITexts): string {
  return texts(trans)[text] ?? text;
}

let held: { readonly trans: ITexts; readonly texts: Readonly<Record<string, string>> } | null = null;

function texts(trans: ITexts): Readonly<Record<string, string>> {
  if (held?.trans !== trans) {
    const all = [
      ['a good first model: chat and tools, 3B', trans.__('a good first model: chat and tools, 3B')],
      ['small and quick chat, 1B', trans.__('small and quick chat, 1B')],
      ['chat and tools, 8B', trans.__('chat and tools, 8B')],
      ['the largest Llama of one GPU or much memory, 70B', trans.__('the largest Llama of one GPU or much memory, 70B')],
      ['thinks and calls tools, tiny', trans.__('thinks and calls tools, tiny')],
      ['thinks and calls tools, small', trans.__('thinks and calls tools, small')],
      ['thinks and calls tools on a laptop', trans.__('thinks and calls tools on a laptop')],
      ['thinks and calls tools, 8B', trans.__('thinks and calls tools, 8B')],
      ['thinks and calls tools, 14B', trans.__('thinks and calls tools, 14B')],
      ['thinks and calls tools; many experts, quick for its size', trans.__('thinks and calls tools; many experts, quick for its size')],
      ['thinks and calls tools, 32B', trans.__('thinks and calls tools, 32B')],
      ['the smallest that follows instructions', trans.__('the smallest that follows instructions')],
      ['140 languages, small', trans.__('140 languages, small')],
      ['140 languages, 4B', trans.__('140 languages, 4B')],
      ['140 languages, 12B', trans.__('140 languages, 12B')],
      ['140 languages, 27B', trans.__('140 languages, 27B')],
      ['reasoning and mathematics, 3.8B', trans.__('reasoning and mathematics, 3.8B')],
      ['reasoning and mathematics, 14B', trans.__('reasoning and mathematics, 14B')],
      ['an old favourite for chat, 7B', trans.__('an old favourite for chat, 7B')],
      ['chat with a long context, 12B', trans.__('chat with a long context, 12B')],
      ['chat and tools, 24B', trans.__('chat and tools, 24B')],
      ['thinks and calls tools; experts, 20B', trans.__('thinks and calls tools; experts, 20B')],
      ['thinks before it answers, small', trans.__('thinks before it answers, small')],
      ['thinks before it answers, 7B', trans.__('thinks before it answers, 7B')],
      ['thinks before it answers, 8B', trans.__('thinks before it answers, 8B')],
      ['thinks before it answers, 14B', trans.__('thinks before it answers, 14B')],
      ['thinks before it answers, 32B', trans.__('thinks before it answers, 32B')],
      ['completes code, small', trans.__('completes code, small')],
      ['writes and completes code, 7B', trans.__('writes and completes code, 7B')],
      ['tiny, for trying things out', trans.__('tiny, for trying things out')],
      ['small and quick chat, 1.7B', trans.__('small and quick chat, 1.7B')],
      ['embeddings for search, 8,192 tokens', trans.__('embeddings for search, 8,192 tokens')],
      ['embeddings, smallest and quickest', trans.__('embeddings, smallest and quickest')],
      ['embeddings for search, precise', trans.__('embeddings for search, precise')],
      ['embeddings of many languages, 8,192 tokens', trans.__('embeddings of many languages, 8,192 tokens')]
    ];
    held = { trans, texts: Object.fromEntries(all) };
  }
  return held.texts;
}
