/**
 * The metadata of a GGUF file: a list that can be searched; an entry opens to its whole value, an array to its elements.
 */

import { useCallback, useEffect, useRef, useState } from 'react';
import { useHost } from '../../host';
import type { IMetadata } from '../../protocol';
import { count } from '../format';
import { IconButton } from '../parts/button';
import { FaultNote } from '../parts/fault';
import { usePages } from '../parts/paged';
import { type IRowFocus, Rows } from '../parts/rows';
import { SearchField } from '../parts/search';
import { LongText } from '../parts/text';
import { Name, visibleName } from '../parts/visible';
import type { IWeightsProps } from './weights';

const ROW = 40;
const ELEMENT = 22;
const sameRow = (): number => ROW;
const sameElement = (): number => ELEMENT;

export function Metadata({ client, name, digest }: IWeightsProps): JSX.Element {
  const { trans } = useHost();
  const [search, setSearch] = useState('');
  const [active, setActive] = useState(0);
  const [opened, setOpened] = useState<IMetadata | null>(null);
  const fetch = useCallback((offset: number, limit: number) => client.request('metadata', { name, digest, search, offset, limit }), [client, name, digest, search]);
  const { total, row, need, fault } = usePages(fetch);
  const back = useRef(false);

  const render = (index: number, focus: IRowFocus): JSX.Element => {
    const entry = row(index);
    return (
      <div {...focus} role="option" className="jo-row jo-entry" aria-selected={false} aria-posinset={index + 1} aria-setsize={total ?? -1} onClick={() => entry && setOpened(entry)}>
        {entry === undefined ? <span className="jo-hint">…</span> : <Entry entry={entry} />}
      </div>
    );
  };

  return (
    <>
      <div hidden={opened !== null} className="jo-table-area">
        <div className="jo-toolbar">
          <SearchField label={trans.__('Search the metadata')} placeholder={trans.__('Search')} onSearch={setSearch} />
          <Count total={total} />
        </div>
        {fault === null ? null : <FaultNote fault={fault} />}
        {total === null || total === 0 ? null : (
          <Rows
            role="listbox"
            label={trans.__('Metadata')}
            className="jo-table"
            count={total}
            heightOf={sameRow}
            keyOf={String}
            active={active}
            onActive={setActive}
            onRange={need}
            onKey={(event, index) => {
              const entry = event.key === 'Enter' || event.key === ' ' ? row(index) : undefined;
              setOpened(entry ?? null);
              return entry !== undefined;
            }}
            render={render}
          />
        )}
      </div>
      {opened === null ? null : (
        <OpenedEntry
          client={client}
          name={name}
          digest={digest}
          entry={opened}
          onBack={() => {
            back.current = true;
            setOpened(null);
          }}
        />
      )}
    </>
  );
}

function Entry({ entry }: { entry: IMetadata }): JSX.Element {
  return (
    <>
      <div className="jo-entry-key">
        <Name text={entry.key} />
        <span className="jo-push-end jo-hint">{typeOf(entry)}</span>
      </div>
      <Name text={entry.value} className="jo-entry-value" />
    </>
  );
}

function typeOf({ type, length }: IMetadata): string {
  return length === null ? visibleName(type) : `${visibleName(type)} × ${count(length)}`;
}

function OpenedEntry({ entry, onBack, ...weights }: IWeightsProps & { entry: IMetadata; onBack: () => void }): JSX.Element {
  const { trans } = useHost();
  const area = useRef<HTMLDivElement>(null);
  useEffect(() => area.current?.querySelector<HTMLElement>('button')?.focus(), []);
  return (
    <div
      ref={area}
      className="jo-table-area"
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          onBack();
        }
      }}
    >
      <div className="jo-toolbar">
        <IconButton icon="back" label={trans.__('Back to the metadata')} onClick={onBack} />
        <strong>
          <Name text={entry.key} />
        </strong>
        <span className="jo-push-end jo-hint">{typeOf(entry)}</span>
      </div>
      {entry.length === null ? <LongText text={entry.value} label={visibleName(entry.key)} code /> : <Elements {...weights} entry={entry} />}
    </div>
  );
}

function Elements({ client, name, digest, entry }: IWeightsProps & { entry: IMetadata }): JSX.Element {
  const { trans } = useHost();
  const { key } = entry;
  const [search, setSearch] = useState('');
  const [active, setActive] = useState(0);
  const fetch = useCallback(
    (offset: number, limit: number) => client.request('elements', { name, digest, key, search, offset, limit }),
    [client, name, digest, key, search]
  );
  const { total, row, need, fault } = usePages(fetch);
  return (
    <>
      <div className="jo-toolbar">
        <SearchField label={trans.__('Search the elements')} placeholder={trans.__('Search')} onSearch={setSearch} />
        <Count total={total} />
      </div>
      {fault === null ? null : <FaultNote fault={fault} />}
      {total === null || total === 0 ? null : (
        <Rows
          role="listbox"
          label={visibleName(key)}
          className="jo-table"
          count={total}
          heightOf={sameElement}
          keyOf={String}
          active={active}
          onActive={setActive}
          onRange={need}
          render={(index, focus) => {
            const element = row(index);
            return (
              <div {...focus} role="option" className="jo-row jo-element" aria-selected={false} aria-posinset={index + 1} aria-setsize={total}>
                <span className="jo-hint">{element === undefined ? '' : element.index}</span>
                <Name text={element?.value ?? '…'} />
              </div>
            );
          }}
        />
      )}
    </>
  );
}

/** How many there are of what was searched. */
export function Count({ total }: { total: number | null }): JSX.Element {
  const { trans } = useHost();
  return (
    <span className="jo-hint jo-total" aria-live="polite">
      {total === null ? '' : total === 0 ? trans.__('none') : count(total)}
    </span>
  );
}
