/**
 * The tensors of a GGUF file: name, type, shape and size, any number of them.
 */

import { useCallback, useState } from 'react';
import { useHost } from '../../host';
import { bytes, count } from '../format';
import { FaultNote } from '../parts/fault';
import { usePages } from '../parts/paged';
import { type IRowFocus, Rows } from '../parts/rows';
import { SearchField } from '../parts/search';
import { Name, visibleName } from '../parts/visible';
import { Count } from './metadata';
import type { IWeightsProps } from './weights';

const ROW = 40;
const sameRow = (): number => ROW;

export function Tensors({ client, name, digest }: IWeightsProps): JSX.Element {
  const { trans } = useHost();
  const [search, setSearch] = useState('');
  const [active, setActive] = useState(0);
  const fetch = useCallback((offset: number, limit: number) => client.request('tensors', { name, digest, search, offset, limit }), [client, name, digest, search]);
  const { total, row, need, fault } = usePages(fetch);
  const render = (index: number, focus: IRowFocus): JSX.Element => {
    const tensor = row(index);
    return (
      <div {...focus} role="option" className="jo-row jo-entry" aria-selected={false} aria-posinset={index + 1} aria-setsize={total ?? -1}>
        {tensor === undefined ? (
          <span className="jo-hint">…</span>
        ) : (
          <>
            <Name text={tensor.name} className="jo-entry-key" />
            <div className="jo-facts">
              <span>{visibleName(tensor.type)}</span>
              <span>{tensor.shape.map(count).join(' × ')}</span>
              <span className="jo-push-end">{bytes(tensor.size)}</span>
            </div>
          </>
        )}
      </div>
    );
  };
  return (
    <>
      <div className="jo-toolbar">
        <SearchField label={trans.__('Search the tensors')} placeholder={trans.__('Search')} onSearch={setSearch} />
        <Count total={total} />
      </div>
      {fault === null ? null : <FaultNote fault={fault} />}
      {total === null || total === 0 ? null : (
        <Rows
          role="listbox"
          label={trans.__('Tensors')}
          className="jo-table"
          count={total}
          heightOf={sameRow}
          keyOf={String}
          active={active}
          onActive={setActive}
          onRange={need}
          render={render}
        />
      )}
    </>
  );
}
