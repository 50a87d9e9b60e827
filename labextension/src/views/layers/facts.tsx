/**
 * What is known of a model as a whole.
 */

import type { ReactNode } from 'react';
import { type ITexts, useHost } from '../../host';
import type { IDetails } from '../../protocol';
import { bytes, count, exactly } from '../format';
import { IconButton } from '../parts/button';
import { Icon } from '../parts/icon';
import { Name, visibleName } from '../parts/visible';
import { sentence } from '../sentence';

export function Facts({ details, onOpen }: { details: IDetails; onOpen: (name: string) => void }): JSX.Element {
  const { trans } = useHost();
  const { aliases, capabilities, notes } = details;
  const parameters = parametersOf(trans, details);
  return (
    <section aria-label={trans.__('Facts')}>
      {notes.map((note, index) => (
        <p key={index} className="jo-note">
          <Icon name="warning" />
          <span>{visibleName(sentence(note, trans))}</span>
        </p>
      ))}
      <dl className="jo-fact-list">
        <Fact name={trans.__('Digest')}>
          <Digest digest={details.digest} />
        </Fact>
        <Fact name={trans.__('Aliases')}>{aliases.length === 0 ? null : <Models names={aliases} onOpen={onOpen} />}</Fact>
        <Fact name={trans.__('Family')}>{details.family === '' ? null : <Name text={details.family} />}</Fact>
        <Fact name={trans.__('Parameters')}>{parameters === '' ? null : <Name text={parameters} />}</Fact>
        <Fact name={trans.__('Quantization')}>{details.quantization === '' ? null : <Name text={details.quantization} />}</Fact>
        <Fact name={trans.__('Size')}>{bytes(details.size)}</Fact>
        <Fact name={trans.__('Context')}>{details.context === 0 ? null : trans.__('%1 tokens', count(details.context))}</Fact>
        <Fact name={trans.__('Embedding length')}>{details.embedding === 0 ? null : count(details.embedding)}</Fact>
        <Fact name={trans.__('Modified')}>{exactly(Date.parse(details.modified))}</Fact>
        <Fact name={trans.__('Capabilities')}>{capabilities.length === 0 ? null : <Capabilities names={capabilities} />}</Fact>
        <Fact name={trans.__('Runs at')}>{details.remote === '' ? null : <Name text={details.remote} />}</Fact>
        <Fact name={trans.__('Store')}>{details.readonly ? trans.__('a second one, which is only read') : null}</Fact>
        <Fact name={trans.__('Needs')}>{details.requires === '' ? null : trans.__('Ollama %1', visibleName(details.requires))}</Fact>
      </dl>
    </section>
  );
}

/** A row; none when there is nothing to say. */
function Fact({ name, children }: { name: string; children: ReactNode }): ReactNode {
  return children === null || children === '' ? null : (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function parametersOf(trans: ITexts, { parameters, parameterCount, tensorCount }: IDetails): string {
  const known = [
    parameters,
    parameterCount === 0 ? '' : trans.__('%1 exactly', count(parameterCount)),
    tensorCount === 0 ? '' : trans._n('%1 tensor', '%1 tensors', tensorCount)
  ].filter(Boolean);
  return known.join(' · ');
}

function Capabilities({ names }: { names: readonly string[] }): JSX.Element {
  const { trans } = useHost();
  return (
    <span className="jo-chips">
      {names.map(name => (
        <span key={name} className="jo-chip">
          {capabilityName(trans, name)}
        </span>
      ))}
    </span>
  );
}

function capabilityName(trans: ITexts, name: string): string {
  switch (name) {
    case 'completion':
      return trans.__('chat');
    case 'embedding':
      return trans.__('embedding');
    case 'insert':
      return trans.__('insert');
    case 'thinking':
      return trans.__('thinking');
    case 'tools':
      return trans.__('tools');
    case 'vision':
      return trans.__('vision');
    default:
      return visibleName(name);
  }
}

/** Names of models, each a link. */
export function Models({ names, onOpen }: { names: readonly string[]; onOpen: (name: string) => void }): JSX.Element {
  return (
    <span className="jo-links">
      {names.map(name => (
        <button key={name} type="button" className="jo-link" onClick={() => onOpen(name)}>
          <Name text={name} />
        </button>
      ))}
    </span>
  );
}

/** The first characters of a digest, and a button that copies all of it. */
export function Digest({ digest }: { digest: string }): JSX.Element {
  const { trans, copyText } = useHost();
  const shown = visibleName(digest);
  return (
    <span className="jo-digest">
      <code title={shown}>{shown.replace(/^sha256[:-]/, '').slice(0, 12)}</code>
      <IconButton icon="copy" label={trans.__('Copy the digest %1', shown)} onClick={() => void copyText(digest)} />
    </span>
  );
}
