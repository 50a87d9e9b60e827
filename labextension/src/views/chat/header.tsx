/**
 * Above a conversation: which model, which conversation, and what can be done with the whole of it.
 */

import { useState } from 'react';
import { useHost } from '../../host';
import type { ISnapshot } from '../../library';
import { IconButton } from '../parts/button';
import { Menu, type IMenuItem } from '../parts/menu';
import { visibleName } from '../parts/visible';
import { chatCells, markdownCells } from './cells';
import type { Chats, IChats } from './chats';
import { titleOf } from './conversation';
import { path } from './tree';

export interface IHeaderProps {
  readonly library: ISnapshot;
  readonly chats: Chats;
  readonly shown: IChats;
  readonly model: string;
  readonly isSetupOpen: boolean;
  readonly onSetup: () => void;
  readonly onNew: () => void;
}

export function Header({ library, chats, shown, model, isSetupOpen, onSetup, onNew }: IHeaderProps): JSX.Element {
  const { trans } = useHost();
  const [menuAt, setMenuAt] = useState<{ x: number; y: number } | null>(null);
  const spoken = shown.all.filter(one => one.tree.turns.size > 0 || one.id === shown.current.id);
  return (
    <header className="jo-chat-header">
      <div className="jo-chat-bar">
        <select className="jo-select" aria-label={trans.__('Model')} value={model} onChange={event => chats.configure({ model: event.currentTarget.value })}>
          {library.models.has(model) ? null : <option value={model}>{visibleName(model) || trans.__('Choose a model')}</option>}
          {library.groups.map(group =>
            group.tags.map(({ model: { name, capabilities } }) => (
              <option key={name} value={name} disabled={!canChat(capabilities)}>
                {visibleName(name)}
              </option>
            ))
          )}
        </select>
        <IconButton icon="sliders" label={isSetupOpen ? trans.__('Hide the settings') : trans.__('Show the settings')} onClick={onSetup} />
        <IconButton icon="plus" label={trans.__('New conversation')} onClick={onNew} />
        <IconButton icon="more" label={trans.__('More')} menu onClick={event => setMenuAt(below(event.currentTarget))} />
      </div>
      {spoken.length < 2 ? null : (
        <select className="jo-select" aria-label={trans.__('Conversation')} value={shown.current.id} onChange={event => chats.open(event.currentTarget.value)}>
          {spoken.map(one => (
            <option key={one.id} value={one.id}>
              {visibleName(titleOf(one)) || trans.__('New conversation')}
            </option>
          ))}
        </select>
      )}
      {menuAt === null ? null : <More at={menuAt} chats={chats} shown={shown} onClose={() => setMenuAt(null)} />}
    </header>
  );
}

function More({ at, chats, shown, onClose }: { at: { x: number; y: number }; chats: Chats; shown: IChats; onClose: () => void }): JSX.Element {
  const { trans, insertCells, confirm } = useHost();
  const turns = path(shown.current.tree);
  const isEmpty = turns.length === 0;
  const remove = async (): Promise<void> => {
    if (await confirm(trans.__('Delete the conversation?'), trans.__('Its questions and answers are lost.'), trans.__('Delete'))) {
      chats.remove(shown.current.id);
    }
  };
  const insert: IMenuItem[] =
    insertCells === null
      ? []
      : [
          { id: 'cells', label: trans.__('Insert the conversation as %1 cells', '%%chat'), icon: 'insert', disabled: isEmpty, run: () => insertCells(chatCells(turns)) },
          { id: 'markdown', label: trans.__('Insert the conversation as Markdown'), icon: 'insert', disabled: isEmpty, run: () => insertCells(markdownCells(turns)) }
        ];
  const items: IMenuItem[] = [
    ...insert,
    { id: 'delete', label: trans.__('Delete the conversation'), icon: 'trash', danger: true, disabled: isEmpty, run: () => void remove() }
  ];
  return <Menu label={trans.__('Conversation')} items={items} at={at} onClose={onClose} />;
}

/** Models of which nobody knows what they can are tried. */
export function canChat(capabilities: readonly string[]): boolean {
  return capabilities.length === 0 || capabilities.includes('completion');
}

function below(button: HTMLElement): { x: number; y: number } {
  const { left, bottom } = button.getBoundingClientRect();
  return { x: left, y: bottom + 2 };
}
