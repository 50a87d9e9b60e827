/**
 * What can be done with models, and what came of it: one line for those who listen, a fault for those who have to act.
 */

import { useCallback, useMemo, useState } from 'react';
import { asFault, type Client } from '../../client';
import { type IHost, useHost } from '../../host';
import type { IFault, IModel, IRemoval } from '../../protocol';
import { bytes } from '../format';
import { kindName } from '../layers/kinds';
import { visibleName } from '../parts/visible';

export interface IDeeds {
  /** What happened last, in one sentence. */
  readonly said: string;
  readonly fault: IFault | null;
  /** Put the fault away. */
  dismiss(): void;
  load(name: string): void;
  stop(name: string): void;
  /** Ask with what it frees, then delete; resolves to whether they are gone. */
  remove(names: readonly string[]): Promise<boolean>;
  /** Give a model a second name; `instead`: the old one goes. Rejects with a `Fault`; false: the user would not replace a model. */
  copy(source: string, destination: string, instead: boolean, replaced: IModel | null): Promise<boolean>;
  push(name: string, insecure: boolean): void;
  /** Make the small model that ships with the package. */
  createPocket(): void;
  cancel(run: number): void;
  copyName(name: string): void;
}

export function useDeeds(client: Client): IDeeds {
  const host = useHost();
  const [said, setSaid] = useState('');
  const [fault, setFault] = useState<IFault | null>(null);

  const attempt = useCallback(async <T>(work: () => Promise<T>, after: (result: T) => string): Promise<T | undefined> => {
    setFault(null);
    try {
      const result = await work();
      setSaid(after(result));
      return result;
    } catch (error) {
      const found = asFault(error);
      if (found.kind !== 'Cancelled') {
        setFault(found);
      }
      return undefined;
    }
  }, []);

  return useMemo(() => {
    const { trans } = host;
    return {
      said,
      fault,
      dismiss: () => setFault(null),
      load: name => void attempt(() => client.stream('load', { name }).result, () => trans.__('%1 is loaded.', visibleName(name))),
      stop: name => void attempt(() => client.request('stop', { name }), () => trans.__('%1 is unloaded.', visibleName(name))),
      remove: async names => {
        const gone = await attempt(
          () => askAndRemove(client, host, names),
          removal => (removal === null ? '' : trans.__('Deleted: %1 freed.', bytes(removal.freed)))
        );
        return gone !== undefined && gone !== null;
      },
      copy: async (source, destination, instead, replaced) => {
        if (replaced !== null && !(await agreesToReplace(host, replaced))) {
          return false;
        }
        await client.request('copy', { source, destination });
        if (instead && (await isOther(client, source, destination))) {
          await client.request('delete', { names: [source] });
        }
        setSaid(trans.__('%1 is there.', visibleName(destination)));
        return true;
      },
      push: (name, insecure) =>
        void attempt(
          () => client.stream('push', insecure ? { name, insecure } : { name }).result,
          pushed => trans.__('%1 is pushed: %2', visibleName(name), visibleName(pushed.url))
        ),
      createPocket: () =>
        void attempt(
          () => client.stream('create', { name: 'pocket', modelfile: 'FROM pocket\n' }).result,
          made => trans.__('%1 is there.', visibleName(made.name))
        ),
      cancel: run => void attempt(() => client.request('cancel', { run }), () => ''),
      copyName: name => void attempt(() => host.copyText(name), () => trans.__('Copied: %1', visibleName(name)))
    };
  }, [attempt, client, fault, host, said]);
}

/** Whether two names are two models' names: `mario`, `Mario:latest` and `library/mario` are one. */
async function isOther(client: Client, listed: string, typed: string): Promise<boolean> {
  const { name } = await client.request('open', { name: typed });
  return name.toLowerCase() !== listed.toLowerCase();
}

async function askAndRemove(client: Client, host: IHost, names: readonly string[]): Promise<IRemoval | null> {
  const removal = await client.request('removal', { names });
  const { trans } = host;
  const title =
    names.length === 1 ? trans.__('Delete %1?', visibleName(names[0]!)) : trans._n('Delete %1 model?', 'Delete %1 models?', names.length);
  if (!(await host.confirm(title, removalText(host, removal), trans.__('Delete')))) {
    return null;
  }
  return client.request('delete', { names });
}

/** What deleting frees, what stays and for whom, and which names go when there are several. */
export function removalText({ trans }: Pick<IHost, 'trans'>, { names, freed, kept }: IRemoval): string {
  const lines = [freed === 0 ? trans.__('This frees nothing.') : trans.__('This frees %1.', bytes(freed))];
  if (names.length > 1) {
    lines.unshift(listed(names));
  }
  for (const { heldBy, kinds, size } of byHolder(kept)) {
    const what = Array.from(kinds, kind => kindName(trans, kind)).join(', ');
    lines.push(
      heldBy.length === 0
        ? trans.__('%1 stays on the disk, as a file of yours elsewhere, too: %2.', bytes(size), what)
        : trans.__('%1 stays, needed by %3: %2.', bytes(size), what, listed(heldBy))
    );
  }
  return lines.join('\n');
}

interface IHeld {
  readonly heldBy: readonly string[];
  readonly kinds: ReadonlySet<string>;
  readonly size: number;
}

/** What the same models hold, together. */
function byHolder(kept: IRemoval['kept']): readonly IHeld[] {
  const held = new Map<string, IHeld>();
  for (const { heldBy, kind, size } of kept) {
    const key = heldBy.join('\n');
    const before = held.get(key);
    held.set(key, { heldBy, kinds: new Set([...(before?.kinds ?? []), kind]), size: size + (before?.size ?? 0) });
  }
  return Array.from(held.values());
}

const LISTED = 5;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, LISTED).map(visibleName).join(', ');
  return names.length <= LISTED ? shown : `${shown} … (+${names.length - LISTED})`;
}

function agreesToReplace(host: IHost, replaced: IModel): Promise<boolean> {
  const { trans } = host;
  const name = visibleName(replaced.name);
  return host.confirm(trans.__('Replace %1?', name), trans.__('%1 is there already; the name will stand for the other model.', name), trans.__('Replace'));
}
