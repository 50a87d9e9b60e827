/**
 * From what the kernel pushed to the rows of the list: search, order, folding, and what is known of each model beside its files.
 */

import { type IGroup, type ISnapshot, type ITag, splitName } from '../../library';
import type { ILoaded, IRun } from '../../protocol';

export const ORDERS = ['name', 'size', 'modified'] as const;
export type Order = (typeof ORDERS)[number];

/** A name with several tags. `size` counts what tags of one digest share once. */
export interface IGroupRow {
  readonly kind: 'group';
  readonly key: string;
  readonly name: string;
  readonly tags: number;
  readonly size: number;
  readonly open: boolean;
  readonly place: IPlace;
}

/** One model; `alone`: the only tag of its name, so it stands without a group. */
export interface IModelRow {
  readonly kind: 'model';
  readonly key: string;
  readonly tag: ITag;
  readonly alone: boolean;
  readonly loaded: ILoaded | null;
  readonly runs: readonly IRun[];
  readonly place: IPlace;
}

/** Work on a model that is not in the list (yet). */
export interface IWorkRow {
  readonly kind: 'work';
  readonly key: string;
  readonly run: IRun;
  readonly place: IPlace;
}

export type Row = IGroupRow | IModelRow | IWorkRow;

/** Where a row is in the tree, for those who cannot see it; `position` counts from 1. */
export interface IPlace {
  readonly level: 1 | 2;
  readonly position: number;
  readonly of: number;
}

/** How the list is looked at. */
export interface IView {
  readonly search: string;
  readonly order: Order;
  readonly folded: ReadonlySet<string>; // names of groups
}

/** The rows to draw, groups and their models flat. */
export function rowsOf({ groups, loaded, runs, models }: ISnapshot, view: IView): readonly Row[] {
  const words = view.search.toLowerCase().split(/\s+/).filter(Boolean);
  const byModel = new Map(loaded.map(one => [fullName(one.name), one]));
  const working = workByModel(runs);
  const shown = groups.flatMap(group => {
    const tags = group.tags.filter(tag => matches(tag, words));
    return tags.length === 0 ? [] : [{ name: group.name, alone: group.tags.length === 1, tags: sorted(tags, view.order) }];
  });
  shown.sort((one, other) => compare(one.tags[0]!, other.tags[0]!, view.order) || compareNames(one.name, other.name));

  const known = new Set(Array.from(models.keys(), fullName));
  const elsewhere = [...working].filter(([name]) => !known.has(name)).flatMap(([, work]) => work);
  const of = elsewhere.length + shown.length;
  const rows: Row[] = elsewhere.map((run, index) => ({ kind: 'work', key: `run ${run.run}`, run, place: { level: 1, position: index + 1, of } }));
  shown.forEach(({ name, tags, alone }, index) => {
    const position = elsewhere.length + index + 1;
    const open = words.length > 0 || !view.folded.has(name);
    if (!alone) {
      rows.push({ kind: 'group', key: `group ${name}`, name, tags: tags.length, size: sizeOf(tags), open, place: { level: 1, position, of } });
    }
    if (alone || open) {
      tags.forEach((tag, at) => {
        const full = fullName(tag.model.name);
        const place: IPlace = alone ? { level: 1, position, of } : { level: 2, position: at + 1, of: tags.length };
        rows.push({ kind: 'model', key: tag.model.name, tag, alone, loaded: byModel.get(full) ?? null, runs: working.get(full) ?? [], place });
      });
    }
  });
  return rows;
}

/** A name with its tag, in lower case: equal for names of one model. */
export function fullName(name: string): string {
  const [base, tag] = splitName(name);
  return `${base}:${tag}`.toLowerCase();
}

/** Whether a run goes on. */
export function isAtWork(run: IRun): boolean {
  return run.state === 'running' || run.state === 'asking';
}

function workByModel(runs: readonly IRun[]): Map<string, IRun[]> {
  const work = new Map<string, IRun[]>();
  for (const run of runs) {
    if (isAtWork(run) && run.model !== '') {
      const name = fullName(run.model);
      work.set(name, [...(work.get(name) ?? []), run]);
    }
  }
  return work;
}

function matches({ model }: ITag, words: readonly string[]): boolean {
  if (words.length === 0) {
    return true;
  }
  const text = `${model.name} ${model.family} ${model.quantization} ${model.parameters}`.toLowerCase();
  return words.every(word => text.includes(word));
}

/** Tags in order; by name, `latest` is first. */
function sorted(tags: readonly ITag[], order: Order): ITag[] {
  return [...tags].sort((one, other) => compare(one, other, order) || Number(other.tag === 'latest') - Number(one.tag === 'latest') || compareNames(one.tag, other.tag));
}

function compare(one: ITag, other: ITag, order: Order): number {
  switch (order) {
    case 'name':
      return 0;
    case 'size':
      return other.model.size - one.model.size;
    case 'modified':
      return momentOf(other.model.modified) - momentOf(one.model.modified);
  }
}

function momentOf(time: string): number {
  return Date.parse(time) || 0;
}

/** Names as people count: `v2` before `v10`, upper and lower case alike. */
function compareNames(one: string, other: string): number {
  collator ??= new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
  return collator.compare(one, other);
}

let collator: Intl.Collator | undefined;

function sizeOf(tags: IGroup['tags']): number {
  return Array.from(new Map(tags.map(({ model }) => [model.digest, model.size])).values()).reduce((sum, size) => sum + size, 0);
}
