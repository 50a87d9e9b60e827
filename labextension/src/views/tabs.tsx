/**
 * The tabs of the panel: arrows, Home and End move between them, as ARIA's pattern for tabs asks.
 */

import { type KeyboardEvent, useRef } from 'react';
import { type ITexts, useHost } from '../host';
import { type Tab, TABS } from '../navigation';

export function Tabs({ id, current, onChoose }: { id: string; current: Tab; onChoose: (tab: Tab) => void }): JSX.Element {
  const { trans } = useHost();
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = neighbour(event.key, current);
    if (next !== null) {
      event.preventDefault();
      onChoose(next);
      list.current?.querySelector<HTMLElement>(`[data-tab='${next}']`)?.focus();
    }
  };
  return (
    <div className="jo-tabs" role="tablist" aria-label={trans.__('Ollama')} ref={list} onKeyDown={onKeyDown}>
      {TABS.map(tab => (
        <button
          key={tab}
          type="button"
          role="tab"
          id={`jo-tab-${id}-${tab}`}
          data-tab={tab}
          aria-controls={`jo-area-${id}-${tab}`}
          aria-selected={tab === current}
          tabIndex={tab === current ? 0 : -1}
          onClick={() => onChoose(tab)}
        >
          {labelOf(tab, trans)}
        </button>
      ))}
    </div>
  );
}

function labelOf(tab: Tab, trans: ITexts): string {
  switch (tab) {
    case 'models':
      return trans.__('Models');
    case 'chat':
      return trans.__('Chat');
    case 'create':
      return trans.__('Create');
    case 'pull':
      return trans.__('Pull');
  }
}

function neighbour(key: string, tab: Tab): Tab | null {
  const at = TABS.indexOf(tab);
  const steps: Readonly<Record<string, number>> = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 };
  const step = steps[key];
  return step === undefined ? null : TABS.at(step % TABS.length) ?? null;
}
