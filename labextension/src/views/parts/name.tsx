/**
 * A name for a model, checked by the kernel while it is typed: what is wrong with it, and which model has it already.
 */

import { forwardRef, type KeyboardEvent, type ReactNode, useEffect, useId, useState } from 'react';
import type { Client, Result } from '../../client';
import { useHost } from '../../host';
import type { IModel } from '../../protocol';
import { fullName } from '../models/rows';
import { sentence } from '../sentence';
import { visibleName, visibleText } from './visible';

export const PAUSE_MS = 200;

/** What is known of a name. */
export interface INamed {
  readonly wrong: string; // in the user's language; '' while nothing is
  readonly taken: IModel | null;
}

/** Look at a name that is being typed. A kernel that does not answer objects to nothing: it does when the name is used. */
export function useNamed(client: Client, models: ReadonlyMap<string, IModel>, typed: string): INamed {
  const { trans } = useHost();
  const [answer, setAnswer] = useState<{ readonly typed: string; readonly found: Result<'name'> } | null>(null);
  useEffect(() => {
    let wanted = typed !== '';
    const timer = setTimeout(() => {
      if (wanted) {
        client.request('name', { name: typed }).then(found => wanted && setAnswer({ typed, found }), () => undefined);
      }
    }, PAUSE_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [client, typed]);
  const found = answer?.typed === typed ? answer.found : null;
  const full = fullName(found?.name || typed);
  return {
    wrong: found === null || found.wrong === null ? '' : visibleText(sentence(found.wrong, trans)),
    taken: typed === '' ? null : (Array.from(models.values()).find(one => fullName(one.name) === full) ?? null)
  };
}

interface INameInputProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (name: string) => void;
  readonly named: INamed;
  /** Said when a model has the name already. */
  readonly takenText: (name: string) => string;
  readonly placeholder?: string;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  /** Stands behind the field, in its line. */
  readonly children?: ReactNode;
}

/** The field, and below it what is to be said about the name. */
export const NameInput = forwardRef<HTMLInputElement, INameInputProps>(function NameInput({ label, value, onChange, named, takenText, placeholder, onKeyDown, children }, ref) {
  const id = useId();
  const { wrong, taken } = named;
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <div className="jo-name-field">
        <input
          ref={ref}
          id={id}
          className="jo-field"
          value={value}
          placeholder={placeholder}
          spellCheck={false}
          autoComplete="off"
          aria-invalid={wrong !== ''}
          aria-describedby={`${id}-note`}
          onKeyDown={onKeyDown}
          onChange={event => onChange(event.currentTarget.value)}
        />
        {children}
      </div>
      <p id={`${id}-note`} className="jo-hint jo-name-note" role="status" data-wrong={wrong === '' ? undefined : ''}>
        {wrong !== '' ? wrong : taken === null ? '' : takenText(visibleName(taken.name))}
      </p>
    </>
  );
});
