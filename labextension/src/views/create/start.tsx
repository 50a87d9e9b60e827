/**
 * What a new model starts from: another model, a file or folder of the kernel's machine, or an empty text.
 */

import { useId, useState } from 'react';
import type { Client } from '../../client';
import { useHost } from '../../host';
import type { ISnapshot } from '../../library';
import { Button } from '../parts/button';
import { visibleName } from '../parts/visible';
import { folderOf } from './crumbs';
import { FolderDialog } from './folder';

export interface IStart {
  readonly source: string; // a name or a path
  readonly folder: string; // where its relative paths start
  readonly isFile: boolean; // its name can be the model's
}

interface IStartFieldProps {
  readonly client: Client;
  readonly models: ISnapshot['models'];
  /** Begin with a Modelfile for it; null: with none. */
  readonly onStart: (start: IStart | null) => void;
}

export function StartField({ client, models, onStart }: IStartFieldProps): JSX.Element {
  const { trans } = useHost();
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <div className="jo-form-row">
      <label htmlFor={id}>{trans.__('Start from')}</label>
      <div className="jo-start">
        <select
          id={id}
          className="jo-select"
          value=""
          disabled={models.size === 0}
          onChange={event => event.currentTarget.value !== '' && onStart({ source: event.currentTarget.value, folder: '', isFile: false })}
        >
          <option value="">{models.size === 0 ? trans.__('no model yet') : trans.__('a model …')}</option>
          {[...models.keys()].map(name => (
            <option key={name} value={name}>
              {visibleName(name)}
            </option>
          ))}
        </select>
        <Button icon="folder" onClick={() => setOpen(!isOpen)}>
          {trans.__('File or folder …')}
        </Button>
        <Button onClick={() => onStart(null)}>
          {trans.__('Empty')}
        </Button>
      </div>
      {isOpen ? (
        <FolderDialog
          client={client}
          onClose={() => setOpen(false)}
          onChoose={({ path, kind }) => {
            setOpen(false);
            onStart({ source: path, folder: kind === 'modelfile' || kind === 'file' ? folderOf(path) : '', isFile: kind !== 'file' });
          }}
        />
      ) : null}
    </div>
  );
}
