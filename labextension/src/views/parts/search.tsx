/**
 * A field that searches: what was typed is passed on when the typing pauses, Escape empties it.
 */

import { type KeyboardEvent, useEffect, useState } from 'react';
import { Icon } from './icon';

const PAUSE = 200;

export function SearchField({ label, placeholder, onSearch }: { label: string; placeholder: string; onSearch: (search: string) => void }): JSX.Element {
  const [typed, setTyped] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => onSearch(typed.trim()), typed === '' ? 0 : PAUSE);
    return () => clearTimeout(timer);
  }, [typed, onSearch]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && typed !== '') {
      event.stopPropagation();
      setTyped('');
    }
  };
  return (
    <div className="jo-search">
      <Icon name="search" />
      <input
        type="search"
        className="jo-field"
        aria-label={label}
        placeholder={placeholder}
        value={typed}
        spellCheck={false}
        onKeyDown={onKeyDown}
        onChange={event => setTyped(event.target.value)}
      />
    </div>
  );
}
