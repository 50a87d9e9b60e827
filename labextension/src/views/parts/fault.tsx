/**
 * An error as a person reads it: what happened and what to do next. It stays until it is put away.
 */

import { useHost } from '../../host';
import type { IFault } from '../../protocol';
import { faultTexts } from '../sentence';
import { IconButton } from './button';
import { Icon } from './icon';
import { visibleText } from './visible';

export function FaultNote({ fault, onClose }: { fault: IFault; onClose?: () => void }): JSX.Element {
  const { trans } = useHost();
  const { text, hint } = faultTexts(fault, trans);
  return (
    <div className="jo-fault" role="alert">
      <Icon name="warning" />
      <div>
        <p>{visibleText(text)}</p>
        {hint === '' ? null : <p className="jo-hint">{visibleText(hint)}</p>}
      </div>
      {onClose === undefined ? null : <IconButton icon="close" label={trans.__('Close')} onClick={onClose} />}
    </div>
  );
}
