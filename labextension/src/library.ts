/**
 * What the kernel pushes, as one value that is replaced as a whole: the models, those that are loaded, and the work that goes on.
 * React's `useSyncExternalStore` takes `subscribe` and `snapshot` as they are.
 */

import { useSyncExternalStore } from 'react';
import type { Client } from './client';
import type { ILoaded, IModel, IRun, Push } from './protocol';

/** All tags of one name, such as `mario` or `registry.example/mario`. */
export interface IGroup {
  readonly name: string;
  readonly tags: readonly ITag[]; // newest first
  readonly modified: string; // of the newest
}

export interface ITag {
  readonly tag: string;
  readonly model: IModel;
  readonly aliases: readonly string[]; // other names with its digest
}

export interface ISnapshot {
  readonly ready: boolean; // all models have arrived; before, those that come first by name may be there
  readonly models: ReadonlyMap<string, IModel>;
  readonly groups: readonly IGroup[]; // by name
  readonly loaded: readonly ILoaded[];
  readonly runs: readonly IRun[];
}

const NOTHING: ISnapshot = { ready: false, models: new Map(), groups: [], loaded: [], runs: [] };

export class Library {
  /** Asks `client` for all pushes; a library lives as long as its client. */
  constructor(client: Client) {
    client.onPush(push => this._onPush(push));
    this.begun = client.request('watch', { topics: ['models', 'loaded', 'runs'] }).then(
      () => undefined,
      () => undefined // the way ended: nothing will come
    );
  }

  /** Settled when the kernel has taken notice; never rejected. */
  readonly begun: Promise<void>;

  readonly snapshot = (): ISnapshot => this._snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  };

  private _onPush(push: Push): void {
    this._snapshot = after(this._snapshot, push);
    for (const listener of this._listeners) {
      listener();
    }
  }

  private readonly _listeners = new Set<() => void>();
  private _snapshot = NOTHING;
}

/** The snapshot of `library`; the component that calls it is drawn again when it changes. */
export function useLibrary(library: Library): ISnapshot {
  return useSyncExternalStore(library.subscribe, library.snapshot);
}

/** The name without its tag, and the tag; `latest` where none is written. */
export function splitName(name: string): readonly [name: string, tag: string] {
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/') ? [name.slice(0, colon), name.slice(colon + 1)] : [name, 'latest'];
}

/** Group models by name, tags newest first. */
export function grouped(models: Iterable<IModel>): readonly IGroup[] {
  const byName = new Map<string, IModel[]>();
  const byDigest = new Map<string, string[]>();
  for (const model of models) {
    into(byName, splitName(model.name)[0], model);
    into(byDigest, model.digest, model.name);
  }
  const groups = [...byName].map(([name, members]) => {
    members.sort((one, other) => compare(other.modified, one.modified) || compare(one.name, other.name));
    return { name, tags: members.map(model => asTag(model, byDigest)), modified: members[0]?.modified ?? '' };
  });
  return groups.sort((one, other) => compare(one.name, other.name));
}

function asTag(model: IModel, byDigest: ReadonlyMap<string, readonly string[]>): ITag {
  const aliases = (byDigest.get(model.digest) ?? []).filter(name => name !== model.name).sort(compare);
  return { tag: splitName(model.name)[1], model, aliases };
}

function after(snapshot: ISnapshot, push: Push): ISnapshot {
  switch (push.topic) {
    case 'models': {
      const models = new Map(push.whole ? [] : snapshot.models);
      push.removed.forEach(name => models.delete(name));
      push.changed.forEach(model => models.set(model.name, model));
      return { ...snapshot, ready: snapshot.ready || !push.more, models, groups: grouped(models.values()) };
    }
    case 'loaded':
      return { ...snapshot, loaded: push.loaded };
    case 'runs':
      return { ...snapshot, runs: push.runs };
    default:
      return snapshot; // of a later version
  }
}

function into<V>(map: Map<string, V[]>, key: string, value: V): void {
  const values = map.get(key);
  if (values === undefined) {
    map.set(key, [value]);
  } else {
    values.push(value);
  }
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0; // by code points: collation of 1,000 names takes a frame
}
