/**
 * The tensors of a GGUF file: name, type, shape and size, any number of them.
 */

import { useCallback } from 'react';
import { useHost } from '../../host';
import type { ITensor } from '../../protocol';
import { bytes, count } from '../format';
import { PagedTable } from '../parts/table';
import { Name, visibleName } from '../parts/visible';
import type { IWeightsProps } from './weights';

const ROW = 40;

export function Tensors({ client, name, digest }: IWeightsProps): JSX.Element {
  const { trans } = useHost();
  const fetch = useCallback((search: string, offset: number, limit: number) => client.request('tensors', { name, digest, search, offset, limit }), [client, name, digest]);
  return <PagedTable label={trans.__('Tensors')} searchLabel={trans.__('Search the tensors')} fetch={fetch} rowHeight={ROW} rowClass="jo-entry" render={rendered} />;
}

function rendered(tensor: ITensor | undefined): JSX.Element {
  return tensor === undefined ? (
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
  );
}
