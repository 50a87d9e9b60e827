/**
 * What a view asks the kernel for before anybody speaks: the model opened, and what can be set.
 */

import { useEffect, useState } from 'react';
import type { Client } from '../../client';
import type { ISnapshot } from '../../library';
import type { IDetails, IOption } from '../../protocol';
import type { ISettings } from './conversation';
import { canChat } from './header';
import { toSend } from './parameters';
import type { IAsked } from './tree';

/** The model opened; null until it is, or when it cannot be. Opened again when its name comes to mean another model. */
export function useDetails(client: Client, name: string, digest: string): IDetails | null {
  const [found, setFound] = useState<IDetails | null>(null);
  useEffect(() => {
    let isWanted = name !== '' && digest !== '';
    setFound(null);
    if (isWanted) {
      client.request('open', { name }).then(
        details => isWanted && setFound(details),
        () => undefined // asking the model will say why
      );
    }
    return () => {
      isWanted = false;
    };
  }, [client, name, digest]);
  return found;
}

export function useOptions(client: Client): readonly IOption[] {
  const [options, setOptions] = useState<readonly IOption[]>([]);
  useEffect(() => {
    let isWanted = true;
    client.request('options', {}).then(
      found => isWanted && setOptions(found),
      () => undefined // the way ended; a new client asks again
    );
    return () => {
      isWanted = false;
    };
  }, [client]);
  return options;
}

/** The model to speak to while nobody chose one: one that is loaded, else the newest. */
export function firstModel({ models, loaded }: ISnapshot): string {
  const usable = [...models.values()].filter(model => canChat(model.capabilities));
  const ready = loaded.find(one => usable.some(model => model.name === one.name));
  const newest = usable.reduce((best, model) => (best === '' || model.modified > models.get(best)!.modified ? model.name : best), '');
  return ready?.name ?? newest;
}

/** What a question is asked with: settings without what this model has anyway or cannot do. */
export function askedWith(settings: ISettings, model: string, details: IDetails | null, options: readonly IOption[]): IAsked {
  const canThink = details === null || details.capabilities.includes('thinking');
  return {
    model,
    system: settings.system,
    think: canThink ? settings.think : null,
    options: toSend(settings.options, options, details?.parametersSet ?? {})
  };
}
