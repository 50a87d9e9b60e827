/**
 * Another draft in the place of the one that stands there, and the way back.
 */

import { useCallback, useRef, useState } from 'react';
import { EMPTY, type IDraft, isEmpty } from './drafts';

export interface IBefore {
  /** The draft that was there before; null: nothing to go back to. */
  readonly before: IDraft | null;
  /** Put a draft in the place of the one that stands there; null: go back. */
  readonly replace: (draft: IDraft | null) => void;
}

export function useBefore(draft: IDraft, change: (draft: IDraft) => void): IBefore {
  const [before, setBefore] = useState<IDraft | null>(null);
  const latest = useRef({ draft, before });
  latest.current = { draft, before };
  const replace = useCallback(
    (next: IDraft | null) => {
      const { draft: now, before: held } = latest.current;
      setBefore(next === null || isEmpty({ ...now, name: '' }) || now.modelfile === next.modelfile ? null : now);
      change(next ?? held ?? EMPTY);
    },
    [change]
  );
  return { before, replace };
}
