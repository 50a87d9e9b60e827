/**
 * Buttons: with words, or with a picture and its words for those who hover or listen.
 */

import type { MouseEvent, ReactNode } from 'react';
import { Icon, type Picture } from './icon';

interface IButtonProps {
  readonly onClick: (event: MouseEvent<HTMLButtonElement>) => void;
  readonly disabled?: boolean;
  readonly tabIndex?: number;
}

/** A picture that acts; `label` is its tooltip and its name. */
export function IconButton({ icon, label, onClick, disabled = false, tabIndex = 0, menu = false }: IButtonProps & { icon: Picture; label: string; menu?: boolean }): JSX.Element {
  return (
    <button
      type="button"
      className="jo-icon-button"
      title={label}
      aria-label={label}
      aria-haspopup={menu ? 'menu' : undefined}
      disabled={disabled}
      tabIndex={tabIndex}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

/** Words that act. `kind`: `main` for what one most likely wants, `danger` for what loses something. */
export function Button({
  children,
  onClick,
  icon,
  kind = 'plain',
  disabled = false,
  tabIndex = 0,
  submit = false
}: Partial<IButtonProps> & { children: ReactNode; icon?: Picture; kind?: 'main' | 'plain' | 'danger'; submit?: boolean }): JSX.Element {
  return (
    <button type={submit ? 'submit' : 'button'} className="jo-button" data-kind={kind} disabled={disabled} tabIndex={tabIndex} onClick={onClick}>
      {icon === undefined ? null : <Icon name={icon} />}
      {children}
    </button>
  );
}
