/**
 * A text that both sides write: what the kernel sets is shown, what the user does is told.
 */

import { useCallback, useSyncExternalStore } from 'react';
import { type IModel, put, textOf } from './model';

export function useText(model: IModel, name: string): readonly [string, (value: string) => void] {
  const subscribe = useCallback(
    (listener: () => void) => {
      model.on(`change:${name}`, listener);
      return () => model.off(`change:${name}`, listener);
    },
    [model, name]
  );
  return [useSyncExternalStore(subscribe, () => textOf(model, name)), useCallback(value => put(model, name, value), [model, name])];
}
