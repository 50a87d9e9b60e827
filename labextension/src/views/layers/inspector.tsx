/**
 * A model opened: its facts, its layers one by one, and the Modelfile that makes it again.
 */

import { useEffect, useMemo, useState } from 'react';
import { asFault, type Client } from '../../client';
import { useHost } from '../../host';
import { type Library, useLibrary } from '../../library';
import type { IDetails, IFault } from '../../protocol';
import { Button, IconButton } from '../parts/button';
import { FaultNote } from '../parts/fault';
import { Name, visibleName } from '../parts/visible';
import type { IWays } from '../ways';
import { Facts } from './facts';
import { LayerList } from './layer';
import { ModelfileSection } from './modelfile';

export interface ILayerInspectorProps {
  readonly client: Client;
  readonly library: Library;
  readonly name: string;
  readonly ways: IWays;
  /** Open another model: an alias, or one that shares a layer. */
  readonly onOpen: (name: string) => void;
  /** Back to the list; `null`: there is none, or it stands beside. */
  readonly onBack: (() => void) | null;
}

export function LayerInspector({ client, library, name, ways, onOpen, onBack }: ILayerInspectorProps): JSX.Element {
  const { trans } = useHost();
  const { details, fault } = useDetails(client, library, name);
  const chat = ways.chat;
  return (
    <article
      className="jo-inspector"
      aria-label={visibleName(name)}
      tabIndex={-1}
      onKeyDown={event => {
        if (event.key === 'Escape' && onBack !== null) {
          event.stopPropagation();
          onBack();
        }
      }}
    >
      <header>
        {onBack === null ? null : <IconButton icon="back" label={trans.__('Back to the models')} onClick={onBack} />}
        <h2>
          <Name text={name} />
        </h2>
        {chat === null || !(details?.capabilities.includes('completion') ?? false) ? null : (
          <Button icon="chat" onClick={() => chat(name)}>
            {trans.__('Chat')}
          </Button>
        )}
      </header>
      <div className="jo-inspector-body">
        {fault === null ? null : <FaultNote fault={fault} />}
        {details === null && fault === null ? <p className="jo-waiting jo-hint">{trans.__('The model is opened …')}</p> : null}
        {details === null ? null : (
          <>
            <Facts details={details} onOpen={onOpen} />
            <LayerList client={client} name={name} layers={details.layers} onOpen={onOpen} />
            <ModelfileSection client={client} details={details} onEdit={ways.edit} />
          </>
        )}
      </div>
    </article>
  );
}

/** What `open` says of a model; asked again when the name stands for another model. */
function useDetails(client: Client, library: Library, name: string): { details: IDetails | null; fault: IFault | null } {
  const { models } = useLibrary(library);
  const digest = models.get(name)?.digest ?? '';
  const key = useMemo(() => ({ client, name, digest }), [client, name, digest]);
  const [held, setHeld] = useState<{ name: string; details: IDetails | null; fault: IFault | null }>({ name, details: null, fault: null });
  useEffect(() => {
    let wanted = true;
    client.request('open', { name: key.name }).then(
      details => wanted && setHeld({ name: key.name, details, fault: null }),
      error => wanted && setHeld({ name: key.name, details: null, fault: asFault(error) })
    );
    return () => {
      wanted = false;
    };
  }, [client, key]);
  return held.name === name ? held : { details: null, fault: null };
}
