/**
 * A field for a message: grows with its text; Enter sends and Shift+Enter begins a new line, or the other way round, as the user has set it.
 * While an input method composes, Enter is its own.
 */

import { useLayoutEffect, useRef, type KeyboardEvent } from 'react';
import { useHost } from '../../host';

export interface ITextBoxProps {
  readonly value: string;
  readonly label: string;
  readonly placeholder?: string;
  readonly onChange: (text: string) => void;
  readonly onSubmit: () => void;
  readonly focusFor?: unknown; // takes the focus whenever it is another one, and something
}

export function TextBox({ value, label, placeholder = '', onChange, onSubmit, focusFor = null }: ITextBoxProps): JSX.Element {
  const { enterSends } = useHost().preferences;
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const element = field.current!;
    element.style.blockSize = 'auto';
    element.style.blockSize = `${element.scrollHeight}px`; // CSS bounds it
  }, [value]);
  useLayoutEffect(() => {
    const element = field.current!;
    if (focusFor !== null) {
      element.focus();
      element.setSelectionRange(element.value.length, element.value.length);
    }
  }, [focusFor]);
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (sends(event, enterSends)) {
      event.preventDefault();
      event.stopPropagation();
      onSubmit();
    }
  };
  return (
    <textarea
      ref={field}
      className="jo-textbox"
      rows={1}
      dir="auto"
      value={value}
      aria-label={label}
      placeholder={placeholder}
      onChange={event => onChange(event.currentTarget.value)}
      onKeyDown={onKeyDown}
    />
  );
}

/** Safari ends a composition before it tells of the Enter that ended it, with the key code of composing. */
function sends(event: KeyboardEvent, enterSends: boolean): boolean {
  const composes = event.nativeEvent.isComposing || event.keyCode === 229;
  return event.key === 'Enter' && !composes && event.shiftKey !== enterSends && !event.altKey && !event.ctrlKey && !event.metaKey;
}
