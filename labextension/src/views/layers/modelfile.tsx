/**
 * The Modelfile that makes a model again, and ways to use it.
 */

import { useEffect, useState } from 'react';
import type { Client } from '../../client';
import { useHost } from '../../host';
import type { IDetails, Piece } from '../../protocol';
import { Button } from '../parts/button';
import { LongText } from '../parts/text';

interface IModelfileProps {
  readonly client: Client;
  readonly details: IDetails;
  readonly onEdit: ((modelfile: string, name: string) => void) | null;
}

export function ModelfileSection({ client, details: { name, modelfile }, onEdit }: IModelfileProps): JSX.Element | null {
  const { trans, insertCells, copyText } = useHost();
  const pieces = usePieces(client, modelfile);
  return modelfile === '' ? null : (
    <section className="jo-modelfile">
      <h3>{trans.__('Modelfile')}</h3>
      <div className="jo-buttons">
        {insertCells === null ? null : (
          <Button icon="insert" onClick={() => insertCells([{ type: 'code', source: `%%modelfile ${name}\n${modelfile}` }])}>
            {trans.__('Insert as %1 cell', '%%modelfile')}
          </Button>
        )}
        {onEdit === null ? null : (
          <Button icon="edit" onClick={() => onEdit(modelfile, name)}>
            {trans.__('Edit in Create')}
          </Button>
        )}
        <Button icon="copy" onClick={() => void copyText(modelfile)}>
          {trans.__('Copy')}
        </Button>
      </div>
      <LongText text={modelfile} pieces={pieces} label={trans.__('Modelfile')} code />
    </section>
  );
}

/** The Modelfile with its parts named; without colours until they come, or when nobody knows them. */
function usePieces(client: Client, modelfile: string): readonly Piece[] {
  const [held, setHeld] = useState<{ modelfile: string; pieces: readonly Piece[] }>({ modelfile: '', pieces: [] });
  useEffect(() => {
    let wanted = modelfile !== '';
    client.request('check', { modelfile }).then(
      ({ pieces }) => wanted && setHeld({ modelfile, pieces }),
      () => undefined
    );
    return () => {
      wanted = false;
    };
  }, [client, modelfile]);
  return held.modelfile === modelfile ? held.pieces : [];
}
