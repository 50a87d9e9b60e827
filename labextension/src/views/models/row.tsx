/**
 * The rows of the list: a name with several tags, a model, work on a model that is not there yet.
 */

import { memo, type MouseEvent, type ReactNode } from 'react';
import { useHost } from '../../host';
import { splitName } from '../../library';
import type { IModel } from '../../protocol';
import { ago, bytes, exactly } from '../format';
import { IconButton } from '../parts/button';
import { Icon } from '../parts/icon';
import type { IRowFocus } from '../parts/rows';
import { Name, visibleName } from '../parts/visible';
import type { IGroupRow, IModelRow, IPlace, IWorkRow, Row } from './rows';
import { LoadedLine, WorkLine } from './work';

const GROUP = 30;
const MODEL = 46;
const LOADED = 20;
const WORK = 26;

/** Pixels; `style/models.css` draws rows of these heights. */
export function heightOf(row: Row): number {
  switch (row.kind) {
    case 'group':
      return GROUP;
    case 'work':
      return MODEL + 4;
    case 'model':
      return MODEL + (row.loaded === null ? 0 : LOADED) + WORK * row.runs.length;
  }
}

/** What rows tell the list. */
export interface IRowEvents {
  readonly onClick: (row: Row, event: MouseEvent) => void;
  readonly onMenu: (row: Row, element: HTMLElement) => void;
  readonly onCancel: (run: number) => void;
  readonly onChat: ((name: string) => void) | null;
}

interface IRowProps<R extends Row> extends IRowEvents {
  readonly row: R;
  readonly focus: IRowFocus;
  readonly now: number;
  readonly marked: boolean;
  readonly marking: boolean; // some model is marked
  readonly opened: boolean;
}

export const RowView = memo(
  function RowView(props: IRowProps<Row>): JSX.Element {
    switch (props.row.kind) {
      case 'group':
        return <GroupView {...props} row={props.row} />;
      case 'model':
        return <ModelView {...props} row={props.row} />;
      case 'work':
        return <WorkView {...props} row={props.row} />;
    }
  },
  (one, other) =>
    one.row === other.row &&
    one.focus.tabIndex === other.focus.tabIndex &&
    one.focus['data-row'] === other.focus['data-row'] &&
    one.now === other.now &&
    one.marked === other.marked &&
    one.marking === other.marking &&
    one.opened === other.opened &&
    one.onClick === other.onClick &&
    one.onMenu === other.onMenu &&
    one.onCancel === other.onCancel &&
    one.onChat === other.onChat
);

function GroupView({ row, focus, onClick }: IRowProps<IGroupRow>): JSX.Element {
  const { trans } = useHost();
  const tags = trans._n('%1 tag', '%1 tags', row.tags);
  return (
    <div {...focus} {...placed(row.place)} role="treeitem" className="jo-row jo-group" aria-expanded={row.open} onClick={event => onClick(row, event)}>
      <span className="jo-fold" data-open={row.open ? '' : undefined}>
        <Icon name="forward" />
      </span>
      <span className="jo-title">
        <Base name={row.name} />
      </span>
      <span className="jo-hint">{tags}</span>
      <span className="jo-push-end jo-hint">{bytes(row.size)}</span>
    </div>
  );
}

function ModelView({ row, focus, now, marked, marking, opened, onClick, onMenu, onCancel, onChat }: IRowProps<IModelRow>): JSX.Element {
  const { trans } = useHost();
  const { model } = row.tag;
  const shown = visibleName(model.name);
  const modified = Date.parse(model.modified);
  return (
    <div
      {...focus}
      {...placed(row.place)}
      role="treeitem"
      className="jo-row jo-model"
      aria-selected={marked}
      aria-current={opened ? 'true' : undefined}
      data-jo-model={model.name}
      data-loaded={row.loaded === null ? undefined : ''}
      onClick={event => onClick(row, event)}
    >
      <div className="jo-model-head">
        {marking ? (
          <span className="jo-mark" data-marked={marked ? '' : undefined}>
            {marked ? <Icon name="check" /> : null}
          </span>
        ) : null}
        <ModelTitle row={row} />
        <Aliases row={row} />
        <Places model={model} />
      </div>
      <div className="jo-facts">
        <span className="jo-size">{bytes(model.size)}</span>
        <Name text={model.parameters} />
        <Name text={model.quantization} />
        <Name text={model.family} className="jo-family" />
        <time className="jo-push-end" title={trans.__('modified %1', exactly(modified))}>
          {ago(modified, now)}
        </time>
      </div>
      {row.loaded === null ? null : <LoadedLine loaded={row.loaded} />}
      {row.runs.map(run => (
        <WorkLine key={run.run} run={run} tabIndex={focus.tabIndex} onCancel={onCancel} />
      ))}
      <span className="jo-row-buttons" onClick={event => event.stopPropagation()}>
        {onChat === null ? null : <IconButton icon="chat" label={trans.__('Chat with %1', shown)} tabIndex={focus.tabIndex} onClick={() => onChat(model.name)} />}
        <IconButton icon="more" menu label={trans.__('What to do with %1', shown)} tabIndex={focus.tabIndex} onClick={event => onMenu(row, event.currentTarget)} />
      </span>
    </div>
  );
}

function WorkView({ row, focus, onCancel }: IRowProps<IWorkRow>): JSX.Element {
  return (
    <div {...focus} {...placed(row.place)} role="treeitem" className="jo-row jo-model">
      <div className="jo-model-head">
        <Name text={row.run.model} className="jo-base" />
      </div>
      <WorkLine run={row.run} tabIndex={focus.tabIndex} onCancel={onCancel} />
    </div>
  );
}

/** `mario:latest` for the only tag of a name, else `:latest` below its name. */
function ModelTitle({ row: { tag, alone } }: { row: IModelRow }): JSX.Element {
  const { trans } = useHost();
  const base = splitName(tag.model.name)[0];
  return (
    <span className="jo-title">
      {alone ? <Base name={base} /> : <span className="jo-visually-hidden">{visibleName(base)}</span>}
      <span className={alone ? 'jo-tag jo-hint' : 'jo-tag'} title={tag.tag === 'latest' ? trans.__('A name without a tag means latest.') : visibleName(tag.model.name)}>
        :<bdi>{visibleName(tag.tag)}</bdi>
      </span>
    </span>
  );
}

/** A name without its tag: where it comes from, and what it is. */
function Base({ name }: { name: string }): JSX.Element {
  const cut = name.lastIndexOf('/') + 1;
  return (
    <>
      {cut === 0 ? null : <Name text={name.slice(0, cut)} className="jo-from" />}
      <Name text={name.slice(cut)} className="jo-base" />
    </>
  );
}

function Aliases({ row: { tag } }: { row: IModelRow }): ReactNode {
  const { trans } = useHost();
  const [first] = tag.aliases;
  if (first === undefined) {
    return null;
  }
  const [base, ownBase] = [splitName(first), splitName(tag.model.name)[0]];
  return (
    <span className="jo-chip jo-alias" title={trans.__('The same model as %1', tag.aliases.map(visibleName).join(', '))}>
      =&nbsp;<bdi>{visibleName(base[0] === ownBase ? `:${base[1]}` : first)}</bdi>
      {tag.aliases.length > 1 ? ` +${tag.aliases.length - 1}` : ''}
    </span>
  );
}

/** Marks of models that lie or run elsewhere. */
function Places({ model }: { model: IModel }): JSX.Element {
  const { trans } = useHost();
  return (
    <>
      {model.readonly ? (
        <span className="jo-place" title={trans.__('Lies in a second store, which is only read')}>
          <Icon name="lock" />
        </span>
      ) : null}
      {model.remote === '' ? null : (
        <span className="jo-place" title={trans.__('Runs elsewhere: %1', visibleName(model.remote))}>
          <Icon name="cloud" />
        </span>
      )}
    </>
  );
}

function placed({ level, position, of }: IPlace): { 'aria-level': number; 'aria-posinset': number; 'aria-setsize': number } {
  return { 'aria-level': level, 'aria-posinset': position, 'aria-setsize': of };
}
