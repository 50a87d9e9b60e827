/**
 * What is wrong with a Modelfile, as a list: each leads to its place in the editor.
 */

import { useHost } from '../../host';
import type { IMark } from '../../protocol';
import { Icon } from '../parts/icon';
import { visibleText } from '../parts/visible';
import { sentence } from '../sentence';

const MOST = 50;

export function Problems({ marks, onReveal }: { marks: readonly IMark[]; onReveal: (line: number, column: number) => void }): JSX.Element | null {
  const { trans } = useHost();
  return marks.length === 0 ? null : (
    <ul className="jo-problems" aria-label={trans.__('Problems')}>
      {marks.slice(0, MOST).map((mark, index) => (
        <li key={index}>
          <button type="button" data-severity={mark.severity} onClick={() => onReveal(mark.line, mark.column)}>
            <Icon name="warning" />
            <span className="jo-visually-hidden">{mark.severity === 'error' ? trans.__('Error') : trans.__('Warning')}</span>
            <span className="jo-problem-place">{trans.__('Line %1', mark.line + 1)}</span>
            <bdi>{visibleText(sentence(mark.words, trans))}</bdi>
          </button>
        </li>
      ))}
      {marks.length <= MOST ? null : <li className="jo-hint">{trans._n('and %1 more', 'and %1 more', marks.length - MOST)}</li>}
    </ul>
  );
}
