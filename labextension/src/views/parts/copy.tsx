/**
 * A button that copies a text and says that it did.
 */

import { useEffect, useState } from 'react';
import { useHost } from '../../host';
import { IconButton } from './button';

const SAID_MS = 1500;

export function CopyButton({ text, label }: { text: () => string; label: string }): JSX.Element {
  const host = useHost();
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    const timer = isDone ? setTimeout(() => setDone(false), SAID_MS) : undefined;
    return () => clearTimeout(timer);
  }, [isDone]);
  return (
    <IconButton
      icon={isDone ? 'check' : 'copy'}
      label={isDone ? host.trans.__('Copied') : label}
      onClick={() => void host.copyText(text()).then(() => setDone(true))}
    />
  );
}
