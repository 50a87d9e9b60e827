/**
 * The area of the models: the list, and the model that is opened; beside each other where there is room.
 */

import { useCallback, useMemo } from 'react';
import type { IAreaProps } from '../area';
import type { IWays } from '../ways';
import { ModelBrowser } from './browser';

export function Models({ client, library, place, go }: IAreaProps<'models'>): JSX.Element {
  const ways = useMemo<IWays>(
    () => ({
      chat: model => go({ tab: 'chat', model }),
      edit: (modelfile, name) => go({ tab: 'create', modelfile, name }),
      pull: () => go({ tab: 'pull' })
    }),
    [go]
  );
  const onOpen = useCallback((model: string | null) => go(model === null ? { tab: 'models' } : { tab: 'models', model }), [go]);
  return <ModelBrowser client={client} library={library} ways={ways} opened={place.model ?? null} onOpen={onOpen} />;
}
