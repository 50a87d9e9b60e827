/**
 * What is asked before a model gets another name or goes to a registry. The kernel says what is wrong with a name.
 */

import { type FormEvent, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { asFault, type Client } from '../../client';
import { useHost } from '../../host';
import type { IFault, IModel } from '../../protocol';
import { Button } from '../parts/button';
import { FaultNote } from '../parts/fault';
import { NameInput, useNamed } from '../parts/name';
import { visibleName } from '../parts/visible';
import type { IDeeds } from './deeds';
import { fullName } from './rows';

interface IFormProps {
  readonly name: string;
  readonly deeds: IDeeds;
  readonly onClose: () => void;
}

/** Copy a model to a new name, or give it that name instead of its own. */
export function CopyForm({ client, name, deeds, onClose, rename, models }: IFormProps & { client: Client; rename: boolean; models: ReadonlyMap<string, IModel> }): JSX.Element {
  const { trans } = useHost();
  const [typed, setTyped] = useState(name);
  const [instead, setInstead] = useState(rename);
  const [fault, setFault] = useState<IFault | null>(null);
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const destination = typed.trim();
  const named = useNamed(client, models, destination);
  const same = fullName(destination) === fullName(name);

  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);

  const submit = async (): Promise<void> => {
    setBusy(true);
    setFault(null);
    try {
      if (await deeds.copy(name, destination, instead, named.taken)) {
        onClose();
        return;
      }
    } catch (error) {
      setFault(asFault(error));
    }
    setBusy(false);
    field.current?.focus();
  };

  return (
    <Tray title={instead ? trans.__('Rename %1', visibleName(name)) : trans.__('Copy %1', visibleName(name))} onSubmit={() => void submit()} onClose={onClose}>
      <NameInput
        ref={field}
        label={trans.__('New name')}
        value={typed}
        onChange={setTyped}
        named={same ? { ...named, taken: null } : named}
        takenText={taken => trans.__('%1 is there already: it will be replaced.', taken)}
      />
      <label className="jo-check">
        <input type="checkbox" checked={!instead} onChange={event => setInstead(!event.target.checked)} />
        {trans.__('Keep the old name, too')}
      </label>
      {fault === null ? null : <FaultNote fault={fault} />}
      <div className="jo-tray-buttons">
        <Button onClick={onClose}>{trans.__('Cancel')}</Button>
        <Button kind="main" submit disabled={busy || destination === '' || same || named.wrong !== ''}>
          {instead ? trans.__('Rename') : trans.__('Copy')}
        </Button>
      </div>
    </Tray>
  );
}

/** Send a model to the registry that its name tells. */
export function PushForm({ name, deeds, onClose }: IFormProps): JSX.Element {
  const { trans } = useHost();
  const [insecure, setInsecure] = useState(false);
  const submit = (): void => {
    deeds.push(name, insecure);
    onClose();
  };
  return (
    <Tray title={trans.__('Push %1', visibleName(name))} onSubmit={submit} onClose={onClose}>
      <p className="jo-hint">{trans.__('All its layers go to the registry that its name tells: others may be able to fetch them there.')}</p>
      <label className="jo-check">
        <input type="checkbox" checked={insecure} onChange={event => setInsecure(event.target.checked)} />
        {trans.__('The registry has no certificate that can be checked (insecure)')}
      </label>
      <div className="jo-tray-buttons">
        <Button onClick={onClose}>{trans.__('Cancel')}</Button>
        <Button kind="main" submit icon="push">
          {trans.__('Push')}
        </Button>
      </div>
    </Tray>
  );
}

/** A form below the list. Escape closes it. */
function Tray({ title, onSubmit, onClose, children }: { title: string; onSubmit: () => void; onClose: () => void; children: ReactNode }): JSX.Element {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    const before = (form.current?.getRootNode() as Document | undefined)?.activeElement as HTMLElement | null;
    if (!form.current?.contains(before)) {
      form.current?.querySelector<HTMLElement>('input, button')?.focus();
    }
    return () => before?.focus({ preventScroll: true });
  }, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation(); // letters typed here are no shortcuts of the page
    if (event.key === 'Escape') {
      onClose();
    }
  };
  return (
    <form
      ref={form}
      className="jo-tray"
      aria-label={title}
      onKeyDown={onKeyDown}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <div className="jo-tray-title">{title}</div>
      {children}
    </form>
  );
}
