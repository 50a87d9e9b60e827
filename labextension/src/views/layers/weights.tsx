/**
 * A GGUF file from inside: its metadata and its tensors.
 */

import { type KeyboardEvent, useId, useRef, useState } from 'react';
import type { Client } from '../../client';
import { useHost } from '../../host';
import { Metadata } from './metadata';
import { Tensors } from './tensors';

export interface IWeightsProps {
  readonly client: Client;
  readonly name: string;
  readonly digest: string;
}

export function Weights({ client, name, digest }: IWeightsProps): JSX.Element {
  const { trans } = useHost();
  const [shown, setShown] = useState<'metadata' | 'tensors'>('metadata');
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      event.preventDefault();
      setShown(shown === 'metadata' ? 'tensors' : 'metadata');
      list.current?.querySelector<HTMLElement>('[tabindex="-1"]')?.focus();
    }
  };
  const tab = (which: typeof shown, label: string): JSX.Element => (
    <button
      type="button"
      role="tab"
      id={`${id}-${which}`}
      aria-controls={`${id}-body`}
      aria-selected={shown === which}
      tabIndex={shown === which ? 0 : -1}
      onClick={() => setShown(which)}
    >
      {label}
    </button>
  );
  const props = { client, name, digest };
  return (
    <div className="jo-weights">
      <div ref={list} role="tablist" className="jo-subtabs" aria-label={trans.__('Weights')} onKeyDown={onKeyDown}>
        {tab('metadata', trans.__('Metadata'))}
        {tab('tensors', trans.__('Tensors'))}
      </div>
      <div role="tabpanel" id={`${id}-body`} aria-labelledby={`${id}-${shown}`} className="jo-table-area">
        {shown === 'metadata' ? <Metadata {...props} /> : <Tensors {...props} />}
      </div>
    </div>
  );
}
