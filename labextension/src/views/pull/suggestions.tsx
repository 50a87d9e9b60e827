/**
 * Models that are good to begin with: what for, how large, and whether this machine can run them.
 */

import { useEffect, useState } from 'react';
import { asFault, type Client } from '../../client';
import { type ITexts, useHost } from '../../host';
import type { IFault, ISuggestion } from '../../protocol';
import { bytes } from '../format';
import { Rows } from '../parts/rows';
import { visibleName, visibleText } from '../parts/visible';
import { phrase } from '../sentence';

const ROW = 58;

interface ISuggestionsProps {
  readonly suggestions: readonly ISuggestion[];
  readonly chosen: string;
  readonly onChoose: (name: string) => void;
}

export function Suggestions({ suggestions, chosen, onChoose }: ISuggestionsProps): JSX.Element | null {
  const { trans } = useHost();
  const [active, setActive] = useState(0);
  return suggestions.length === 0 ? null : (
    <Rows
      role="listbox"
      label={trans.__('Suggested models')}
      className="jo-suggestions"
      count={suggestions.length}
      heightOf={() => ROW}
      keyOf={index => suggestions[index]!.name}
      active={active}
      onActive={setActive}
      onKey={(event, index) => {
        const wanted = event.key === 'Enter' || event.key === ' ';
        if (wanted) {
          onChoose(suggestions[index]!.name);
        }
        return wanted;
      }}
      render={(index, focus) => {
        const one = suggestions[index]!;
        return (
          <div {...focus} role="option" aria-selected={one.name === chosen} className="jo-suggestion" data-name={visibleName(one.name)} onClick={() => onChoose(one.name)}>
            <div>
              <bdi className="jo-suggestion-name">{visibleName(one.name)}</bdi>
              <span>{bytes(one.size)}</span>
            </div>
            <div className="jo-hint">{visibleText(phrase(one.text, trans))}</div>
            <div>
              <Fit suggestion={one} />
              {one.here ? <span className="jo-here">{trans.__('already here')}</span> : null}
            </div>
          </div>
        );
      }}
    />
  );
}

function Fit({ suggestion: { fits, memory } }: { suggestion: ISuggestion }): JSX.Element {
  const { trans } = useHost();
  return (
    <span className="jo-fit" data-fits={fits} title={trans.__('Needs about %1 of memory with a context of 4,096 tokens.', bytes(memory))}>
      {fitText(trans, fits, memory)}
    </span>
  );
}

function fitText(trans: ITexts, fits: ISuggestion['fits'], memory: number): string {
  switch (fits) {
    case 'yes':
      return trans.__('will fit: %1 of memory', bytes(memory));
    case 'tight':
      return trans.__('fits, but tightly: %1 of memory', bytes(memory));
    case 'no':
      return trans.__('will not fit: %1 of memory', bytes(memory));
    default:
      return trans.__('about %1 of memory', bytes(memory));
  }
}

/** What the kernel suggests; asked again when the models have changed (`changed`), for what is here. */
export function useSuggestions(client: Client, changed: unknown): { suggestions: readonly ISuggestion[]; fault: IFault | null } {
  const [held, setHeld] = useState<{ suggestions: readonly ISuggestion[]; fault: IFault | null }>({ suggestions: [], fault: null });
  useEffect(() => {
    let wanted = true;
    client.request('suggestions', {}).then(
      suggestions => wanted && setHeld({ suggestions, fault: null }),
      error => wanted && setHeld(before => ({ ...before, fault: asFault(error) }))
    );
    return () => {
      wanted = false;
    };
  }, [client, changed]);
  return held;
}
