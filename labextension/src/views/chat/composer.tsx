/**
 * Where the next question is written.
 */

import { useHost } from '../../host';
import { IconButton } from '../parts/button';
import { TextBox } from './textbox';

export interface IComposerProps {
  readonly draft: string;
  readonly placeholder: string;
  readonly isRunning: boolean;
  readonly focusFor: object | null; // takes the focus whenever it is another one
  readonly canAsk: boolean;
  readonly onDraft: (text: string) => void;
  readonly onAsk: (text: string) => void;
  readonly onStop: () => void;
}

export function Composer({ draft, placeholder, isRunning, focusFor, canAsk, onDraft, onAsk, onStop }: IComposerProps): JSX.Element {
  const { trans, preferences } = useHost();
  const isReady = canAsk && !isRunning && draft.trim() !== '';
  const ask = (): void => {
    if (isReady) {
      onAsk(draft);
    }
  };
  return (
    <div className="jo-composer">
      <TextBox value={draft} label={trans.__('Your message')} placeholder={placeholder} onChange={onDraft} onSubmit={ask} focusFor={focusFor} />
      {isRunning ? (
        <IconButton icon="stop" label={trans.__('Stop the answer (Escape)')} onClick={onStop} />
      ) : (
        <IconButton
          icon="send"
          label={preferences.enterSends ? trans.__('Send (Enter)') : trans.__('Send (Shift+Enter)')}
          disabled={!isReady}
          onClick={ask}
        />
      )}
    </div>
  );
}
