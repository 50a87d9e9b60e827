/**
 * The pieces of an answer: thoughts that fold away, calls of tools with their results, text.
 */

import { useState } from 'react';
import { useHost, type ITexts } from '../../host';
import { visibleName, visibleText } from '../parts/visible';
import { Markdown } from './markdown';
import type { Part } from './tree';

/** `isComing`: more will follow. */
export function Parts({ parts, isComing }: { parts: readonly Part[]; isComing: boolean }): JSX.Element {
  return (
    <>
      {parts.map((part, index) => {
        const isLast = index === parts.length - 1;
        switch (part.kind) {
          case 'text':
            return <Markdown key={index} text={part.text} />;
          case 'thinking':
            return <Thoughts key={index} part={part} isComing={isComing && isLast} isAll={isLast} />;
          case 'call':
            return <Call key={index} part={part} isComing={isComing} />;
        }
      })}
    </>
  );
}

/** Open while they are all there is, then folded; who opens or folds them has the last word. */
function Thoughts({ part, isComing, isAll }: { part: Part & { kind: 'thinking' }; isComing: boolean; isAll: boolean }): JSX.Element {
  const { trans } = useHost();
  const [chosen, setChosen] = useState<boolean | null>(null);
  const isOpen = chosen ?? (isComing && isAll);
  return (
    <div className="jo-thoughts" data-coming={isComing ? '' : undefined}>
      <button type="button" aria-expanded={isOpen} onClick={() => setChosen(!isOpen)}>
        {thoughtsTitle(part.seconds, isComing, trans)}
      </button>
      {isOpen ? <Markdown text={part.text} /> : null}
    </div>
  );
}

function thoughtsTitle(seconds: number | null, isComing: boolean, trans: ITexts): string {
  if (seconds === null) {
    return isComing ? trans.__('Thinking') : trans.__('Thoughts');
  }
  const whole = Math.round(seconds);
  if (whole === 0) {
    return isComing ? trans.__('Thinking') : trans.__('Thought for a moment');
  }
  return isComing ? trans._n('Thinking, %1 second', 'Thinking, %1 seconds', whole) : trans._n('Thought for %1 second', 'Thought for %1 seconds', whole);
}

function Call({ part, isComing }: { part: Part & { kind: 'call' }; isComing: boolean }): JSX.Element {
  const { trans } = useHost();
  const { call, result, outcome } = part;
  const given = Object.entries(call.arguments).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return (
    <details className="jo-call" data-outcome={outcome ?? undefined}>
      <summary>
        <code>{visibleName(`${call.name}(${given.join(', ')})`)}</code>
        <span>{outcomeText(outcome, result, isComing, trans)}</span>
      </summary>
      <pre tabIndex={0}>{visibleText(JSON.stringify(call.arguments, null, 2))}</pre>
      {result === null ? null : <pre tabIndex={0}>{visibleText(result)}</pre>}
    </details>
  );
}

function outcomeText(outcome: (Part & { kind: 'call' })['outcome'], result: string | null, isComing: boolean, trans: ITexts): string {
  switch (outcome) {
    case 'done':
      return trans.__('answered');
    case 'refused':
      return trans.__('refused');
    case 'failed':
      return trans.__('failed');
    case 'late':
      return trans.__('took too long');
    case null:
      return result === null && isComing ? trans.__('running') : trans.__('not run');
  }
}
