/**
 * What can be done with one model, as the items of its menu.
 */

import type { ITexts } from '../../host';
import type { IMenuItem } from '../parts/menu';
import type { IWays } from '../ways';
import type { IDeeds } from './deeds';
import type { IModelRow } from './rows';

/** What a menu does beside deeds: open, ask for a name, mark. */
export interface IMoves {
  readonly open: (name: string) => void;
  readonly ask: (form: 'copy' | 'rename' | 'push', name: string) => void;
  readonly mark: (name: string) => void;
}

/** Whether a model can be talked to; models that were never opened do not say. */
export function canChat({ tag }: IModelRow): boolean {
  const { capabilities } = tag.model;
  return capabilities.length === 0 || capabilities.includes('completion');
}

export function actionsOf(trans: ITexts, row: IModelRow, deeds: IDeeds, ways: IWays, moves: IMoves): readonly (IMenuItem | 'line')[] {
  const { name, readonly, remote } = row.tag.model;
  const chat = ways.chat;
  const items: (IMenuItem | 'line')[] = [{ id: 'open', label: trans.__('Open'), icon: 'layers', run: () => moves.open(name) }];
  if (chat !== null) {
    items.unshift({ id: 'chat', label: trans.__('Chat'), icon: 'chat', disabled: !canChat(row), run: () => chat(name) });
  }
  if (row.loaded !== null) {
    items.push({ id: 'stop', label: trans.__('Unload'), icon: 'stop', run: () => deeds.stop(name) });
  } else if (remote === '') {
    items.push({ id: 'load', label: trans.__('Load into memory'), icon: 'load', run: () => deeds.load(name) });
  }
  items.push(
    'line',
    { id: 'copyName', label: trans.__('Copy name'), icon: 'copy', run: () => deeds.copyName(name) },
    { id: 'copy', label: trans.__('Copy to a new name…'), icon: 'plus', run: () => moves.ask('copy', name) },
    { id: 'rename', label: trans.__('Rename…'), icon: 'edit', disabled: readonly, run: () => moves.ask('rename', name) },
    { id: 'push', label: trans.__('Push…'), icon: 'push', run: () => moves.ask('push', name) },
    'line',
    { id: 'mark', label: trans.__('Select'), icon: 'check', run: () => moves.mark(name) },
    { id: 'delete', label: trans.__('Delete…'), icon: 'trash', danger: true, disabled: readonly, run: () => void deeds.remove([name]) }
  );
  return items;
}
