/**
 * The place where a conversation scrolls: stays at its end while more comes, unless somebody reads further up.
 */

import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import { useHost } from '../../host';
import { Icon } from '../parts/icon';

/** So near to its end it is at its end; pixels. */
const NEAR = 24;

/** `latest`: when it changes, the end comes into sight whatever was read. */
export function Log({ latest, children }: { latest: string; children: ReactNode }): JSX.Element {
  const { trans } = useHost();
  const log = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const lastTop = useRef(0);
  const sticks = useRef(true);
  const [isAway, setAway] = useState(false);

  const toEnd = useCallback(() => {
    const element = log.current!;
    sticks.current = true;
    setAway(false);
    element.scrollTop = element.scrollHeight;
    lastTop.current = element.scrollTop;
  }, []);

  useEffect(() => {
    const observer = new ResizeObserver(() => sticks.current && toEnd());
    observer.observe(log.current!);
    observer.observe(content.current!);
    return () => observer.disconnect();
  }, [toEnd]);

  useEffect(toEnd, [latest, toEnd]);

  const onScroll = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = log.current!;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR;
    if (isAtEnd || scrollTop < lastTop.current) {
      sticks.current = isAtEnd;
      setAway(!isAtEnd);
    }
    lastTop.current = scrollTop;
  };

  return (
    <div className="jo-log-frame">
      <div ref={log} className="jo-log" role="log" aria-live="off" aria-label={trans.__('Conversation')} tabIndex={0} onScroll={onScroll}>
        <div ref={content}>{children}</div>
      </div>
      {isAway ? (
        <button type="button" className="jo-to-end" onClick={toEnd}>
          <Icon name="down" />
          {trans.__('To the latest')}
        </button>
      ) : null}
    </div>
  );
}
