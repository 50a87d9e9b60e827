/**
 * Above the list: what to look for and in which order. Below it, while models are marked: what to do with all of them.
 */

import type { KeyboardEvent } from 'react';
import { type ITexts, useHost } from '../../host';
import { Button, IconButton } from '../parts/button';
import { Icon } from '../parts/icon';
import { type Order, ORDERS } from './rows';

interface IToolbarProps {
  readonly search: string;
  readonly onSearch: (search: string) => void;
  readonly order: Order;
  readonly onOrder: (order: Order) => void;
}

export function Toolbar({ search, onSearch, order, onOrder }: IToolbarProps): JSX.Element {
  const { trans } = useHost();
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && search !== '') {
      event.stopPropagation();
      onSearch('');
    }
  };
  return (
    <div className="jo-toolbar" role="search">
      <div className="jo-search">
        <Icon name="search" />
        <input
          type="search"
          className="jo-field"
          placeholder={trans.__('Search')}
          aria-label={trans.__('Search models by name, family or quantization')}
          value={search}
          spellCheck={false}
          onKeyDown={onKeyDown}
          onChange={event => onSearch(event.target.value)}
        />
      </div>
      <select className="jo-select" aria-label={trans.__('Order of the models')} value={order} onChange={event => onOrder(event.target.value as Order)}>
        {ORDERS.map(one => (
          <option key={one} value={one}>
            {orderName(trans, one)}
          </option>
        ))}
      </select>
    </div>
  );
}

function orderName(trans: ITexts, order: Order): string {
  switch (order) {
    case 'name':
      return trans.__('Name');
    case 'size':
      return trans.__('Size');
    case 'modified':
      return trans.__('Newest');
  }
}

export function MarkedBar({ count, onRemove, onClear }: { count: number; onRemove: () => void; onClear: () => void }): JSX.Element {
  const { trans } = useHost();
  return (
    <div className="jo-tray jo-marked" role="group" aria-label={trans.__('Selected models')}>
      <span>{trans._n('%1 selected', '%1 selected', count)}</span>
      <Button kind="danger" icon="trash" onClick={onRemove}>
        {trans.__('Delete…')}
      </Button>
      <IconButton icon="close" label={trans.__('Clear the selection')} onClick={onClear} />
    </div>
  );
}
