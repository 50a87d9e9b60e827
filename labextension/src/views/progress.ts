/**
 * What a step of long work does, in a sentence of the user's language: one for every kind of `jupyter_ollama/events.py`. A kind of a later
 * version is told in Ollama's English.
 */

import type { ITexts } from '../host';
import type { IProgress, Sentence } from '../protocol';
import { visibleName, visibleText } from './parts/visible';
import { sentence } from './sentence';

type Facts = (name: string) => string;
type Wording = (trans: ITexts, facts: Facts, digest: string) => string;

/** The sentence for a step. */
export function progressText(progress: IProgress, trans: ITexts): string {
  const wording = SENTENCES[progress.step];
  if (wording === undefined) {
    return visibleText(progress.status);
  }
  const facts = (name: string): string => {
    const value = progress.facts[name] ?? '';
    return visibleName(Array.isArray(value) ? sentence(value as unknown as Sentence, trans) : String(value));
  };
  return wording(trans, facts, progress.digest.replace(/^sha256:/, '').slice(0, 12));
}

export const SENTENCES: Readonly<Record<string, Wording>> = {
  pulling_manifest: trans => trans.__('Asking for the manifest'),
  pulling: (trans, _, digest) => trans.__('Pulling %1', digest),
  fetching: (trans, facts) => trans.__('Looking at %1', facts('what')),
  removing_unused: trans => trans.__('Removing unused layers'),
  retrieving_manifest: trans => trans.__('Reading the manifest'),
  no_manifest: trans => trans.__('The manifest could not be read'),
  pushing: (trans, _, digest) => trans.__('Pushing %1', digest),
  pushing_manifest: trans => trans.__('Pushing the manifest'),
  reading_gguf: trans => trans.__('Reading the GGUF file'),
  converting: (trans, facts) => trans.__('Converting %1', thing(facts('what'), trans)),
  copying: (trans, facts) => trans.__('Copying %1', thing(facts('what'), trans)),
  merging: (trans, facts) => trans.__('Joining %1 GGUF files', facts('count')),
  completing_projector: trans => trans.__('Completing the projector'),
  quantizing: (trans, facts) => trans.__('Quantizing from %1 to %2', facts('source_type'), facts('target_type')),
  verifying: trans => trans.__('Checking the finished model'),
  rehashing: (trans, _, digest) => (digest === '' ? trans.__('Checking digests') : trans.__('Checking %1', digest)),
  checking: (trans, facts) => trans.__('Checking %1', thing(facts('what'), trans)),
  saving: (trans, facts) => trans.__('Saving %1', facts('what')),
  taking_out: (trans, facts, digest) => trans.__('Taking %1 out of %2', digest, facts('what')),
  existing_layer: (trans, _, digest) => trans.__('Layer %1 is there already', digest),
  new_layer: (trans, _, digest) => trans.__('New layer %1', digest),
  writing_manifest: trans => trans.__('Writing the manifest'),
  loading: (trans, facts) => trans.__('Loading %1', facts('what')),
  measuring: (trans, facts) => trans.__('Measuring %1', facts('what')),
  calling: (trans, facts) => trans.__('Calling %1', facts('what')),
  elsewhere: (_, facts) => facts('text'),
  note: (_, facts) => facts('text'),
  success: trans => trans.__('Done')
};

/** What a verb works on, where it is one of the few words that verbs use; else it is a name. */
function thing(what: string, trans: ITexts): string {
  const blobs = /^(\d+) blobs?$/.exec(what);
  if (blobs !== null) {
    const count = Number(blobs[1]);
    return trans._n('%1 blob', '%1 blobs', count);
  }
  switch (what) {
    case 'model':
      return trans.__('the model');
    case 'adapter':
      return trans.__('the adapter');
    default:
      return what.startsWith('file ') ? trans.__('the file %1', what.slice('file '.length)) : what;
  }
}
