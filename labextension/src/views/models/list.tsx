/**
 * The models of the kernel: search, order, the tree of names and tags, and what can be done with them.
 */

import { type KeyboardEvent, type MouseEvent, useCallback, useMemo, useState } from 'react';
import type { Client } from '../../client';
import { useHost } from '../../host';
import { type Library, useLibrary } from '../../library';
import { Button } from '../parts/button';
import { FaultNote } from '../parts/fault';
import { Menu } from '../parts/menu';
import { useNow } from '../parts/now';
import { type IRowFocus, Rows } from '../parts/rows';
import { visibleName } from '../parts/visible';
import type { IWays } from '../ways';
import { actionsOf, canChat } from './actions';
import { useDeeds } from './deeds';
import { Invitation } from './empty';
import { CopyForm, PushForm } from './forms';
import { type IKeyActs, onRowKey } from './keys';
import { useActiveRow, useLook } from './look';
import { heightOf, type IRowEvents, RowView } from './row';
import { type IModelRow, type Row, rowsOf } from './rows';
import { MarkedBar, Toolbar } from './toolbar';

export interface IModelListProps {
  readonly client: Client;
  readonly library: Library;
  readonly ways: IWays;
  /** The model whose layers are shown beside the list. */
  readonly opened: string | null;
  readonly onOpen: (name: string) => void;
}

interface IAsked {
  readonly form: 'copy' | 'rename' | 'push';
  readonly name: string;
}

interface IOpenMenu {
  readonly row: IModelRow;
  readonly at: { readonly x: number; readonly y: number };
}

export function ModelList({ client, library, ways, opened, onOpen }: IModelListProps): JSX.Element {
  const { trans } = useHost();
  const snapshot = useLibrary(library);
  const deeds = useDeeds(client);
  const look = useLook();
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<IAsked | null>(null);
  const [menu, setMenu] = useState<IOpenMenu | null>(null);
  const now = useNow(30_000);

  const rows = useMemo(() => rowsOf(snapshot, look.view), [snapshot, look.view]);
  const marks = useMemo(() => Array.from(marked).filter(name => snapshot.models.has(name)), [marked, snapshot.models]);
  const rowHeight = useCallback((index: number) => heightOf(rows[index]!), [rows]);
  const keyOf = useCallback((index: number) => rows[index]!.key, [rows]);
  const [active, setActive] = useActiveRow(rows, opened);
  const marking = marks.length > 0;

  const mark = useCallback((name: string) => setMarked(old => toggled(old, name)), []);
  const remove = (names: readonly string[]): void => void deeds.remove(names).then(gone => gone && setMarked(new Set()));
  const showMenu = useCallback((row: Row, at: IOpenMenu['at']) => row.kind === 'model' && setMenu({ row, at }), []);

  const events = useMemo<IRowEvents>(
    () => ({
      onClick: (row, event) => {
        if (row.kind === 'group') {
          look.fold(row.name, !row.open);
        } else if (row.kind === 'model') {
          (marking || event.ctrlKey || event.metaKey ? mark : onOpen)(row.tag.model.name);
        }
      },
      onMenu: (row, element) => showMenu(row, below(element)),
      onCancel: deeds.cancel,
      onChat: ways.chat
    }),
    [look.fold, marking, mark, onOpen, showMenu, deeds.cancel, ways.chat]
  );

  const acts: IKeyActs = {
    open: onOpen,
    mark,
    unmark: () => setMarked(new Set()),
    fold: look.fold,
    rename: ({ tag }) => setAsked({ form: tag.model.readonly ? 'copy' : 'rename', name: tag.model.name }),
    remove: name => remove(marking ? marks : [name]),
    menu: (row, element) => showMenu(row, below(element))
  };

  const onContextMenu = (event: MouseEvent): void => {
    const element = (event.target as HTMLElement).closest<HTMLElement>('[data-row]');
    const row = rows[Number(element?.dataset['row'])];
    if (row?.kind === 'model' && !event.shiftKey) {
      event.preventDefault();
      event.stopPropagation();
      showMenu(row, { x: event.clientX, y: event.clientY });
    }
  };

  const render = (index: number, focus: IRowFocus): JSX.Element => {
    const row = rows[index]!;
    const name = row.kind === 'model' ? row.tag.model.name : null;
    const chat = row.kind === 'model' && canChat(row) ? events.onChat : null;
    return <RowView {...events} onChat={chat} row={row} focus={focus} now={now} marked={marked.has(name ?? '')} marking={marking} opened={name !== null && name === opened} />;
  };

  return (
    <div className="jo-models">
      <div aria-live="polite" className="jo-visually-hidden">
        {deeds.said}
      </div>
      {snapshot.ready && snapshot.models.size === 0 ? (
        <Invitation runs={snapshot.runs} ways={ways} onPocket={deeds.createPocket} onCancel={deeds.cancel} />
      ) : (
        <>
          <Toolbar search={look.search} onSearch={look.setSearch} order={look.view.order} onOrder={look.setOrder} />
          {snapshot.ready && rows.length === 0 ? <NoMatch search={look.search} onClear={() => look.setSearch('')} /> : null}
          {snapshot.ready || rows.length > 0 ? null : <p className="jo-waiting jo-hint">{trans.__('Models are listed …')}</p>}
          {rows.length === 0 ? null : (
            <Rows
              role="tree"
              label={trans.__('Models')}
              count={rows.length}
              heightOf={rowHeight}
              keyOf={keyOf}
              active={active}
              onActive={setActive}
              onKey={(event: KeyboardEvent, index) => onRowKey(event, index, rows, acts)}
              render={render}
              attributes={{ 'aria-multiselectable': true, onContextMenu }}
            />
          )}
        </>
      )}
      {deeds.fault === null ? null : <FaultNote fault={deeds.fault} onClose={deeds.dismiss} />}
      {asked?.form === 'push' ? <PushForm key={asked.name} name={asked.name} deeds={deeds} onClose={() => setAsked(null)} /> : null}
      {asked === null || asked.form === 'push' ? null : (
        <CopyForm
          client={client}
          key={`${asked.form} ${asked.name}`}
          name={asked.name}
          rename={asked.form === 'rename'}
          models={snapshot.models}
          deeds={deeds}
          onClose={() => setAsked(null)}
        />
      )}
      {marking ? <MarkedBar count={marks.length} onRemove={() => remove(marks)} onClear={() => setMarked(new Set())} /> : null}
      {menu === null ? null : (
        <Menu
          label={visibleName(menu.row.tag.model.name)}
          items={actionsOf(trans, menu.row, deeds, ways, { open: onOpen, mark, ask: (form, name) => setAsked({ form, name }) })}
          at={menu.at}
          onClose={() => setMenu(null)}
        />
      )}
    </div>
  );
}

function NoMatch({ search, onClear }: { search: string; onClear: () => void }): JSX.Element {
  const { trans } = useHost();
  return (
    <div className="jo-waiting">
      <p className="jo-hint">{trans.__('No model matches "%1".', visibleName(search))}</p>
      <Button onClick={onClear}>{trans.__('Show all')}</Button>
    </div>
  );
}

function below(element: HTMLElement): IOpenMenu['at'] {
  const { left, bottom } = element.getBoundingClientRect();
  return { x: left, y: bottom };
}

function toggled(names: ReadonlySet<string>, name: string): ReadonlySet<string> {
  const toggled = new Set(names);
  if (!toggled.delete(name)) {
    toggled.add(name);
  }
  return toggled;
}
