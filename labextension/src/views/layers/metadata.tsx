/**
 * The metadata of a GGUF file: a list that can be searched; an entry opens to its whole value, an array to its elements.
 */

import { useCallback, useEffect, useRef, useState } from 'react';
import { useHost } from '../../host';
import type { IMetadata } from '../../protocol';
import { count } from '../format';
import { IconButton } from '../parts/button';
import { PagedTable } from '../parts/table';
import { LongText } from '../parts/text';
import { Name, visibleName } from '../parts/visible';
import type { IWeightsProps } from './weights';

const ROW = 40;
const ELEMENT = 22;

export function Metadata({ client, name, digest }: IWeightsProps): JSX.Element {
  const { trans } = useHost();
  const [opened, setOpened] = useState<IMetadata | null>(null);
  const fetch = useCallback((search: string, offset: number, limit: number) => client.request('metadata', { name, digest, search, offset, limit }), [client, name, digest]);
  return (
    <>
      <div hidden={opened !== null} className="jo-table-area">
        <PagedTable
          label={trans.__('Metadata')}
          searchLabel={trans.__('Search the metadata')}
          fetch={fetch}
          rowHeight={ROW}
          rowClass="jo-entry"
          render={entry => (entry === undefined ? <span className="jo-hint">…</span> : <Entry entry={entry} />)}
          onOpen={setOpened}
        />
      </div>
      {opened === null ? null : <OpenedEntry client={client} name={name} digest={digest} entry={opened} onBack={() => setOpened(null)} />}
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

function Elements({ client, name, digest, entry: { key } }: IWeightsProps & { entry: IMetadata }): JSX.Element {
  const { trans } = useHost();
  const fetch = useCallback(
    (search: string, offset: number, limit: number) => client.request('elements', { name, digest, key, search, offset, limit }),
    [client, name, digest, key]
  );
  return (
    <PagedTable
      label={visibleName(key)}
      searchLabel={trans.__('Search the elements')}
      fetch={fetch}
      rowHeight={ELEMENT}
      rowClass="jo-element"
      render={element => (
        <>
          <span className="jo-hint">{element === undefined ? '' : element.index}</span>
          <Name text={element?.value ?? '…'} />
        </>
      )}
    />
  );
}
