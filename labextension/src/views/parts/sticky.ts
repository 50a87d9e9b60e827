/**
 * Choices that outlive the page: how a list is sorted, what is folded. They stay in this browser; where it keeps nothing, in this view.
 */

import { useCallback, useState } from 'react';

const PREFIX = 'jupyter_ollama:';

/** Like `useState`, kept under `key`; what was kept counts only if `accepts` it. */
export function useSticky<T>(key: string, initial: T, accepts: (kept: unknown) => kept is T): readonly [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => read(key, initial, accepts));
  const keep = useCallback(
    (next: T) => {
      setValue(next);
      try {
        localStorage.setItem(PREFIX + key, JSON.stringify(next));
      } catch {
        // full, or forbidden to this page
      }
    },
    [key]
  );
  return [value, keep];
}

function read<T>(key: string, initial: T, accepts: (kept: unknown) => kept is T): T {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(PREFIX + key) ?? 'null');
    return accepts(kept) ? kept : initial;
  } catch {
    return initial;
  }
}
