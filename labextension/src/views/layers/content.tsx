/**
 * What a layer holds: text of the small ones, highlighted or as turns of a conversation; tables of the large ones.
 */

import { useEffect, useState } from 'react';
import { asFault, type Client } from '../../client';
import { type ITexts, useHost } from '../../host';
import type { IContent, IFault, ILayer, IMessage } from '../../protocol';
import { FaultNote } from '../parts/fault';
import { LongText } from '../parts/text';
import { visibleName, visibleText } from '../parts/visible';
import { isWeights, kindName } from './kinds';
import { Weights } from './weights';

interface ILayerContentProps {
  readonly client: Client;
  readonly name: string;
  readonly layer: ILayer;
}

export function LayerContent({ client, name, layer }: ILayerContentProps): JSX.Element {
  return isWeights(layer.kind) ? <Weights client={client} name={name} digest={layer.digest} /> : <SmallLayer client={client} name={name} layer={layer} />;
}

function SmallLayer({ client, name, layer }: ILayerContentProps): JSX.Element {
  const { trans } = useHost();
  const [content, setContent] = useState<IContent | null>(null);
  const [fault, setFault] = useState<IFault | null>(null);
  useEffect(() => {
    let wanted = true;
    client.request('content', { name, digest: layer.digest }).then(
      found => wanted && setContent(found),
      error => wanted && setFault(asFault(error))
    );
    return () => {
      wanted = false;
    };
  }, [client, name, layer.digest]);

  if (fault !== null) {
    return <FaultNote fault={fault} />;
  }
  if (content === null) {
    return <p className="jo-waiting jo-hint">{trans.__('The layer is read …')}</p>;
  }
  const kind = kindName(trans, content.kind);
  return (
    <>
      {content.messages.length > 0 ? <Turns messages={content.messages} /> : <LongText text={content.text} pieces={content.pieces} label={kind} code={isCode(content)} />}
      {content.cut ? <p className="jo-hint">{trans.__('It goes on: only its beginning is shown.')}</p> : null}
      {content.text === '' && content.pieces.length === 0 && content.messages.length === 0 ? <p className="jo-hint">{trans.__('It is empty.')}</p> : null}
    </>
  );
}

/** Prose is read in the font of prose. */
function isCode({ kind }: IContent): boolean {
  return kind !== 'system' && kind !== 'license';
}

function Turns({ messages }: { messages: readonly IMessage[] }): JSX.Element {
  const { trans } = useHost();
  return (
    <ol className="jo-turns">
      {messages.map((message, index) => (
        <li key={index} data-role={message.role}>
          <span className="jo-role">{roleName(trans, message.role)}</span>
          <p>{visibleText(message.content)}</p>
        </li>
      ))}
    </ol>
  );
}

function roleName(trans: ITexts, role: string): string {
  switch (role) {
    case 'system':
      return trans.__('System');
    case 'user':
      return trans.__('User');
    case 'assistant':
      return trans.__('Assistant');
    case 'tool':
      return trans.__('Tool');
    default:
      return visibleName(role);
  }
}
