/**
 * The area in which models are made. What is typed there stays: while other areas are shown, through restarts and reloads.
 */

import { useEffect, useMemo, useRef, useState } from 'react';
import type { IAreaProps } from '../area';
import { asFault } from '../../client';
import type { IFault } from '../../protocol';
import { FaultNote } from '../parts/fault';
import { useBefore } from './before';
import { BrowserDrafts, type IDraft, type IDrafts, NO_DRAFTS } from './drafts';
import { nameFor } from './crumbs';
import { ModelfileForm } from './form';

export function Create({ client, library, kernel, place, go, shown }: IAreaProps<'create'>): JSX.Element {
  const drafts = useMemo(() => (kernel === '' ? NO_DRAFTS : new BrowserDrafts(kernel)), [kernel]);
  const [draft, change] = useDraft(drafts);
  const { before, replace } = useBefore(draft, change);
  const [fault, setFault] = useState<IFault | null>(null);
  const latest = useRef(draft);
  latest.current = draft;

  useEffect(() => {
    if (!shown || made.has(place)) {
      return;
    }
    made.add(place);
    const { name, source, modelfile, folder = '' } = place;
    const called = oneLine(name ?? latest.current.name);
    setFault(null);
    if (modelfile !== undefined) {
      replace({ ...latest.current, name: called, modelfile, folder });
    } else if (source !== undefined) {
      client.request('recipe', { source }).then(
        found => replace({ ...latest.current, name: called || nameFor(source), modelfile: found.modelfile, folder }),
        error => setFault(asFault(error))
      );
    } else if (name !== undefined) {
      change({ ...latest.current, name: called });
    }
  }, [client, place, shown, replace, change]);

  return (
    <>
      {fault === null ? null : <FaultNote fault={fault} onClose={() => setFault(null)} />}
      <ModelfileForm
        client={client}
        library={library}
        draft={draft}
        onDraft={change}
        before={before}
        onReplace={replace}
        onChat={model => go({ tab: 'chat', model, anew: true })}
        onOpen={model => go({ tab: 'models', model })}
      />
    </>
  );
}

/** Visits that were made: a place stays while other kernels come to the front, and was meant for the one that was there. */
const made = new WeakSet<object>();

const SAVE_MS = 500;

/** The draft, kept a moment after each change. */
function useDraft(drafts: IDrafts): readonly [IDraft, (draft: IDraft) => void] {
  const [draft, setDraft] = useState<IDraft>(() => drafts.load());
  const latest = useRef(draft);
  latest.current = draft;
  useEffect(() => {
    const timer = setTimeout(() => drafts.save(draft), SAVE_MS);
    return () => clearTimeout(timer);
  }, [drafts, draft]);
  useEffect(() => {
    const flush = (): void => drafts.save(latest.current);
    addEventListener('pagehide', flush);
    return () => {
      removeEventListener('pagehide', flush);
      flush();
    };
  }, [drafts]);
  return [draft, setDraft];
}

function oneLine(name: string): string {
  return name.replace(/[\r\n]+/g, '');
}
