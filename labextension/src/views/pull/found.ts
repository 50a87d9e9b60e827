/**
 * Suggestions that match what is typed.
 */

import type { ISuggestion } from '../../protocol';

/** Those in whose name or purpose every word occurs; `say` is the purpose as the user reads it. */
export function found(suggestions: readonly ISuggestion[], typed: string, say: (suggestion: ISuggestion) => string): readonly ISuggestion[] {
  const words = typed.toLowerCase().split(/\s+/).filter(word => word !== '');
  return suggestions.filter(one => {
    const text = `${one.name} ${one.text} ${say(one)}`.toLowerCase();
    return words.every(word => text.includes(word));
  });
}
