/**
 * The layers of a model, in the order of its manifest: each a line that opens to its content.
 */

import { type KeyboardEvent, useId, useState } from 'react';
import type { Client } from '../../client';
import { useHost } from '../../host';
import type { ILayer } from '../../protocol';
import { bytes, percent } from '../format';
import { ShareBar } from '../parts/bar';
import { Icon } from '../parts/icon';
import { Name } from '../parts/visible';
import { LayerContent } from './content';
import { Digest, Models } from './facts';
import { kindName } from './kinds';

interface ILayerListProps {
  readonly client: Client;
  readonly name: string;
  readonly layers: readonly ILayer[];
  readonly onOpen: (name: string) => void;
}

export function LayerList({ client, name, layers, onOpen }: ILayerListProps): JSX.Element {
  const { trans } = useHost();
  const title = useId();
  const total = layers.reduce((sum, layer) => sum + layer.size, 0);
  return (
    <section aria-labelledby={title}>
      <h3 id={title}>{trans._n('%1 layer', '%1 layers', layers.length)}</h3>
      <div className="jo-layers" onKeyDown={moveBetweenHeads}>
        {layers.map((layer, index) => (
          <Layer key={`${index} ${layer.digest}`} client={client} name={name} layer={layer} share={total > 0 ? layer.size / total : 0} onOpen={onOpen} />
        ))}
      </div>
    </section>
  );
}

function Layer({ client, name, layer, share, onOpen }: { client: Client; name: string; layer: ILayer; share: number; onOpen: (name: string) => void }): JSX.Element {
  const { trans } = useHost();
  const [open, setOpen] = useState(false);
  const [title, body] = [useId(), useId()];
  return (
    <div className="jo-layer" data-kind={layer.kind} data-open={open ? '' : undefined}>
      <h4>
        <button type="button" id={title} className="jo-layer-head" aria-expanded={open} aria-controls={body} onClick={() => setOpen(!open)}>
          <span className="jo-fold" data-open={open ? '' : undefined}>
            <Icon name="forward" />
          </span>
          <span className="jo-layer-kind">{kindName(trans, layer.kind)}</span>
          {layer.shared.length === 0 ? null : (
            <span className="jo-chip" title={trans.__('Other models hold this layer, too: its bytes are stored once.')}>
              {trans.__('shared')}
            </span>
          )}
          <span className="jo-push-end jo-size">{bytes(layer.size)}</span>
          <ShareBar share={share} />
        </button>
      </h4>
      <div id={body} role="region" aria-labelledby={title} hidden={!open} className="jo-layer-body">
        {open ? (
          <>
            <dl className="jo-fact-list">
              <dt>{trans.__('Digest')}</dt>
              <dd>
                <Digest digest={layer.digest} />
              </dd>
              <dt>{trans.__('Media type')}</dt>
              <dd>
                <Name text={layer.mediaType} />
              </dd>
              <dt>{trans.__('Share')}</dt>
              <dd>{trans.__('%1 of the model', percent(share))}</dd>
              {layer.name === '' ? null : <Named name={trans.__('Name')} value={layer.name} />}
              {layer.from === '' ? null : <Named name={trans.__('From')} value={layer.from} />}
              {layer.shared.length === 0 ? null : (
                <>
                  <dt>{trans.__('Shared with')}</dt>
                  <dd>
                    <Models names={layer.shared} onOpen={onOpen} />
                  </dd>
                </>
              )}
            </dl>
            <LayerContent client={client} name={name} layer={layer} />
          </>
        ) : null}
      </div>
    </div>
  );
}

function Named({ name, value }: { name: string; value: string }): JSX.Element {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <Name text={value} />
      </dd>
    </>
  );
}

/** Arrows go from layer to layer, as in any accordion. */
function moveBetweenHeads(event: KeyboardEvent<HTMLDivElement>): void {
  const heads = Array.from(event.currentTarget.querySelectorAll<HTMLElement>('.jo-layer-head'));
  const here = heads.indexOf(event.target as HTMLElement);
  const target: Record<string, number> = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: heads.length - 1 };
  const next = target[event.key];
  if (here >= 0 && next !== undefined) {
    event.preventDefault();
    heads[Math.min(heads.length - 1, Math.max(0, next))]?.focus();
  }
}
