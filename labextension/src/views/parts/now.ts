/**
 * The time, for what counts down or grows old while one looks at it.
 */

import { useEffect, useState } from 'react';

/** Milliseconds since 1970; the component is drawn again every `every` milliseconds. */
export function useNow(every: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => {
      if (!document.hidden) {
        setNow(Date.now());
      }
    }, every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}
