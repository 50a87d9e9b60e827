/**
 * The type that the weights of a new model are stored in.
 */

import { useEffect, useId, useState } from 'react';
import type { Client } from '../../client';
import { type ITexts, useHost } from '../../host';
import type { IQuantization } from '../../protocol';
import { figure } from '../format';
import { visibleName, visibleText } from '../parts/visible';
import { phrase } from '../sentence';

export function QuantizeField({ client, value, onChange }: { client: Client; value: string; onChange: (quantize: string) => void }): JSX.Element {
  const { trans } = useHost();
  const types = useQuantizations(client);
  const chosen = types.find(type => type.name === value);
  const id = useId();
  const option = (type: IQuantization): JSX.Element => (
    <option key={type.name} value={type.name}>
      {`${visibleName(type.name)} · ${bitsOf(trans, type)}`}
    </option>
  );
  return (
    <div className="jo-form-row">
      <label htmlFor={id}>{trans.__('Quantize')}</label>
      <select id={id} className="jo-select" value={value} aria-describedby={`${id}-hint`} onChange={event => onChange(event.currentTarget.value)}>
        <option value="">{trans.__('No: keep the weights as they are')}</option>
        {value !== '' && chosen === undefined ? <option value={value}>{visibleName(value)}</option> : null}
        <optgroup label={trans.__('Recommended')}>{types.filter(type => type.recommended).map(option)}</optgroup>
        <optgroup label={trans.__('Others')}>{types.filter(type => !type.recommended).map(option)}</optgroup>
      </select>
      <p id={`${id}-hint`} className="jo-hint">
        {chosen === undefined ? '' : trans.__('%1. %2 bits per weight.', visibleText(phrase(chosen.text, trans)), figure(chosen.bits))}
      </p>
    </div>
  );
}

function bitsOf(trans: ITexts, { bits }: IQuantization): string {
  return trans.__('%1 bits', figure(bits));
}

/** All types that the kernel knows; none until it has answered. */
function useQuantizations(client: Client): readonly IQuantization[] {
  const [types, setTypes] = useState<readonly IQuantization[]>([]);
  useEffect(() => {
    let wanted = true;
    client.request('quantizations', {}).then(
      found => wanted && setTypes(found),
      () => undefined // the kernel is gone
    );
    return () => {
      wanted = false;
    };
  }, [client]);
  return types;
}
