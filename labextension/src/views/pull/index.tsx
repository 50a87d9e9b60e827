/**
 * The area in which models are fetched: a name that is typed or chosen, what is on its way, and suggestions.
 */

import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useHost } from '../../host';
import { useLibrary } from '../../library';
import type { IAreaProps } from '../area';
import { JobCard, useJobs } from '../jobs/joblist';
import { isGoing } from '../jobs/jobs';
import { fullName } from '../models/rows';
import { Button } from '../parts/button';
import { NameInput, useNamed } from '../parts/name';
import { visibleName } from '../parts/visible';
import { phrase } from '../sentence';
import { found } from './found';
import { Suggestions, useSuggestions } from './suggestions';

export function Pull({ client, library, place, go, shown }: IAreaProps<'pull'>): JSX.Element {
  const { trans } = useHost();
  const { models } = useLibrary(library);
  const [jobs, all] = useJobs('pull', client, library);
  const { suggestions, fault } = useSuggestions(client, models);
  const [typed, setTyped] = useState('');
  const [insecure, setInsecure] = useState(false);
  const area = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (shown && !made.has(place)) {
      made.add(place);
      if (place.name !== undefined) {
        setTyped(place.name.replace(/\s+/g, ''));
      }
    }
  }, [place, shown]);

  const name = typed.trim();
  const chosen = suggestions.some(one => one.name === name) ? name : '';
  const listed = useMemo(
    () => (chosen === '' ? found(suggestions, name, one => phrase(one.text, trans)) : suggestions),
    [suggestions, name, chosen, trans]
  );
  const named = useNamed(client, models, name); // words that find suggestions are no mistake
  const busy = all.some(job => isGoing(job) && fullName(job.name) === fullName(name));
  const pull = (wanted: string): void => {
    const args = insecure ? { name: wanted, insecure: true } : { name: wanted };
    void jobs.start(wanted, onEvent => client.stream('pull', args, onEvent));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation(); // letters typed here are no shortcuts of the page
    if (event.key === 'ArrowDown' && listed.length > 0) {
      event.preventDefault();
      area.current?.querySelector<HTMLElement>('[role=option][tabindex="0"]')?.focus();
    } else if (event.key === 'Escape') {
      setTyped('');
    }
  };

  return (
    <div ref={area} className="jo-pull">
      <form
        aria-label={trans.__('Pull a model')}
        onSubmit={event => {
          event.preventDefault();
          pull(name);
        }}
      >
        <NameInput
          ref={field}
          label={trans.__('Name of the model')}
          value={typed}
          placeholder="llama3.2, hf.co/…"
          onChange={setTyped}
          onKeyDown={onKeyDown}
          named={listed.length > 0 && chosen === '' ? { ...named, wrong: '' } : named}
          takenText={taken => trans.__('%1 is there already: what is new of it will be fetched.', taken)}
        >
          <Button kind="main" submit icon="load" disabled={busy || name === '' || named.wrong !== ''}>
            {trans.__('Pull')}
          </Button>
        </NameInput>
        <details>
          <summary>{trans.__('More')}</summary>
          <label className="jo-check">
            <input type="checkbox" checked={insecure} onChange={event => setInsecure(event.currentTarget.checked)} />
            {trans.__('The registry has no certificate that can be checked (insecure)')}
          </label>
        </details>
      </form>
      <div className="jo-pulls">
        {[...all].reverse().map(job => (
          <JobCard
            key={job.id}
            job={job}
            jobs={jobs}
            title={trans.__('Pulling %1', visibleName(job.name))}
            cancelled={trans.__('Cancelled. What was fetched is kept: pulling again goes on from there.')}
            onChat={model => go({ tab: 'chat', model, anew: true })}
            onOpen={model => go({ tab: 'models', model })}
            onAgain={() => pull(job.name)}
          />
        ))}
      </div>
      {suggestions.length === 0 && fault !== null ? <p className="jo-empty">{trans.__('There are no suggestions here. Any name of a registry can be pulled.')}</p> : null}
      {suggestions.length > 0 && listed.length === 0 ? <p className="jo-empty">{trans.__('No suggestion matches; any name of a registry can be pulled.')}</p> : null}
      <Suggestions
        suggestions={listed}
        chosen={chosen}
        onChoose={one => {
          setTyped(one);
          field.current?.focus();
        }}
      />
    </div>
  );
}

/** Visits that were made: a place stays while other kernels come to the front, and was meant for the one that was there. */
const made = new WeakSet<object>();
