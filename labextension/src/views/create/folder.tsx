/**
 * The folders of the kernel's machine, to choose a file or folder that a model can be made of.
 */

import { type KeyboardEvent, useCallback, useEffect, useId, useRef, useState } from 'react';
import { asFault, type Client, type Result } from '../../client';
import { type ITexts, useHost } from '../../host';
import type { IEntry, IFault } from '../../protocol';
import { bytes } from '../format';
import { Button, IconButton } from '../parts/button';
import { FaultNote } from '../parts/fault';
import { Icon } from '../parts/icon';
import { Rows } from '../parts/rows';
import { visibleName } from '../parts/visible';
import { crumbsOf } from './crumbs';

type Folder = Result<'files'>;

interface IFolderDialogProps {
  readonly client: Client;
  readonly onChoose: (entry: IEntry, folder: string) => void;
  readonly onClose: () => void;
}

const ROW = 26;

export function FolderDialog({ client, onChoose, onClose }: IFolderDialogProps): JSX.Element {
  const { trans } = useHost();
  const { folder, fault, open } = useFolder(client);
  const [active, setActive] = useState(0);
  const title = useId();
  const dialog = useRef<HTMLDivElement>(null);
  useEffect(() => setActive(0), [folder]);
  useFocusInside(dialog, folder);

  const entries = folder?.entries ?? [];
  const entry = entries[Math.min(active, entries.length - 1)];
  const choose = (one: IEntry): void => (isFolder(one) && !isModel(one) ? open(one.path) : onChoose(one, folder?.folder ?? ''));
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === 'Escape') {
      onClose();
    }
  };
  const onKey = (event: KeyboardEvent, index: number): boolean => {
    const one = entries[index]!;
    if (event.key === 'Enter') {
      choose(one);
    } else if (event.key === 'ArrowRight' && isFolder(one)) {
      open(one.path);
    } else if ((event.key === 'ArrowLeft' || event.key === 'Backspace') && folder?.parent != null) {
      open(folder.parent);
    } else {
      return false;
    }
    return true;
  };

  return (
    <div ref={dialog} className="jo-folder" role="dialog" aria-labelledby={title} onKeyDown={onKeyDown}>
      <header>
        <span id={title}>{trans.__('Files of the kernel')}</span>
        <IconButton icon="close" label={trans.__('Close')} onClick={onClose} />
      </header>
      {folder === null ? null : <Crumbs folder={folder} onOpen={open} />}
      {fault === null ? null : <FaultNote fault={fault} />}
      {folder === null && fault === null ? <p className="jo-empty">{trans.__('Looking into the folder …')}</p> : null}
      {folder !== null && entries.length === 0 ? <p className="jo-empty">{trans.__('This folder is empty.')}</p> : null}
      {entries.length === 0 ? null : (
        <Rows
          key={folder?.folder ?? ''}
          role="listbox"
          label={trans.__('Files and folders')}
          className="jo-files"
          count={entries.length}
          heightOf={() => ROW}
          keyOf={index => entries[index]!.path}
          active={active}
          onActive={setActive}
          onKey={onKey}
          attributes={{ style: { blockSize: Math.min(entries.length, 9) * ROW } }}
          render={(index, focus) => {
            const one = entries[index]!;
            return (
              <div
                {...focus}
                role="option"
                aria-selected={index === active}
                aria-label={`${visibleName(one.name)}, ${kindName(trans, one.kind)}`}
                className="jo-file"
                data-kind={one.kind}
                onClick={() => setActive(index)}
                onDoubleClick={() => choose(one)}
              >
                <Icon name={isModel(one) ? 'layers' : isFolder(one) ? 'folder' : 'file'} />
                <bdi title={visibleName(one.path)}>{visibleName(one.name)}</bdi>
                <span className="jo-hint">
                  {isModel(one) ? kindName(trans, one.kind) : ''} {isFolder(one) ? '' : bytes(one.size)}
                </span>
              </div>
            );
          }}
        />
      )}
      {folder?.cut === true ? <p className="jo-hint">{trans.__('There is more in this folder: only a part is listed. A path can be typed into the Modelfile, too.')}</p> : null}
      <div className="jo-buttons">
        <Button kind="main" disabled={entry === undefined || !canBeUsed(entry)} onClick={() => entry !== undefined && onChoose(entry, folder?.folder ?? '')}>
          {trans.__('Use')}
        </Button>
        <Button icon="forward" disabled={entry === undefined || !isFolder(entry)} onClick={() => entry !== undefined && open(entry.path)}>
          {trans.__('Look inside')}
        </Button>
      </div>
    </div>
  );
}

/** A folder that was opened; late answers for another one do not count. */
function useFolder(client: Client): { folder: Folder | null; fault: IFault | null; open: (path: string) => void } {
  const [folder, setFolder] = useState<Folder | null>(null);
  const [fault, setFault] = useState<IFault | null>(null);
  const wanted = useRef(0);
  const look = useCallback(
    (path: string | null) => {
      const number = ++wanted.current;
      client.request('files', path === null ? {} : { folder: path }).then(
        found => {
          if (number === wanted.current) {
            setFolder(found);
            setFault(null);
          }
        },
        error => number === wanted.current && setFault(asFault(error))
      );
    },
    [client]
  );
  useEffect(() => {
    look(null);
    return () => void (wanted.current += 1);
  }, [look]);
  return { folder, fault, open: look };
}

/** The focus goes into the dialog, to the first row of each folder, and in the end back to where it was. */
function useFocusInside(dialog: { readonly current: HTMLElement | null }, folder: Folder | null): void {
  useEffect(() => {
    const before = (dialog.current?.getRootNode() as Document | undefined)?.activeElement as HTMLElement | null;
    return () => before?.focus({ preventScroll: true });
  }, [dialog]);
  useEffect(() => {
    (dialog.current?.querySelector<HTMLElement>('[data-row="0"]') ?? dialog.current?.querySelector('button'))?.focus({ preventScroll: true });
  }, [dialog, folder]);
}

function Crumbs({ folder, onOpen }: { folder: Folder; onOpen: (path: string) => void }): JSX.Element {
  const { trans } = useHost();
  const crumbs = crumbsOf(folder.folder);
  return (
    <nav className="jo-crumbs" aria-label={trans.__('Folder')}>
      {folder.parent === null ? null : <IconButton icon="up" label={trans.__('The folder above')} onClick={() => onOpen(folder.parent!)} />}
      <ol>
        {crumbs.map(({ name, path }, index) => (
          <li key={path}>
            <button type="button" className="jo-link" aria-current={index === crumbs.length - 1 ? 'location' : undefined} onClick={() => onOpen(path)}>
              <bdi>{visibleName(name)}</bdi>
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}

export function kindName(trans: ITexts, kind: IEntry['kind']): string {
  switch (kind) {
    case 'folder':
      return trans.__('folder');
    case 'model folder':
      return trans.__('model');
    case 'adapter folder':
      return trans.__('adapter');
    case 'gguf':
      return 'GGUF';
    case 'modelfile':
      return 'Modelfile';
    default:
      return trans.__('file');
  }
}

function isFolder({ kind }: IEntry): boolean {
  return kind === 'folder' || kind === 'model folder' || kind === 'adapter folder';
}

/** Whether it is known that a model can be made of it. */
function isModel({ kind }: IEntry): boolean {
  return kind !== 'folder' && kind !== 'file';
}

/** A file may turn out to be a Modelfile; the kernel says. */
function canBeUsed({ kind }: IEntry): boolean {
  return kind !== 'folder';
}
