/**
 * Bars: how far work is, and what share of a whole something takes.
 */

import { percent } from '../format';

/** How far work is; `share` between 0 and 1, `null` when nobody can say. */
export function ProgressBar({ share, label }: { share: number | null; label: string }): JSX.Element {
  const known = share === null ? null : clamp(share);
  return (
    <div
      className="jo-progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={known === null ? undefined : Math.round(known * 100)}
      data-unknown={known === null ? '' : undefined}
    >
      <div style={known === null ? undefined : { inlineSize: `${known * 100}%` }} />
    </div>
  );
}

/** A share of a whole; a picture of a number that stands beside it, so it says its own only on hover. */
export function ShareBar({ share }: { share: number }): JSX.Element {
  return (
    <div className="jo-share" aria-hidden="true" title={percent(clamp(share))}>
      <div style={{ inlineSize: `${clamp(share) * 100}%` }} />
    </div>
  );
}

/** `completed` of `total` as a share; `null` when one of them is not known. */
export function shareOf(completed: number | null, total: number | null): number | null {
  return completed === null || total === null || total <= 0 ? null : completed / total;
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
