/**
 * List and opened model together. Where it is narrow the opened one covers the list; the list stays as it was below.
 */

import { type MouseEvent, type RefObject, useEffect, useRef } from 'react';
import type { Client } from '../../client';
import type { Library } from '../../library';
import { LayerInspector } from '../layers/inspector';
import type { IWays } from '../ways';
import { ModelList } from './list';

export interface IModelBrowserProps {
  readonly client: Client;
  readonly library: Library;
  readonly ways: IWays;
  readonly opened: string | null;
  readonly onOpen: (name: string | null) => void;
}

export function ModelBrowser({ client, library, ways, opened, onOpen }: IModelBrowserProps): JSX.Element {
  const browser = useFocusThatFollows(opened);
  const onMouseDown = useWholeClicks(opened);
  return (
    <div ref={browser} className="jo-browser" data-opened={opened === null ? undefined : ''} onMouseDownCapture={onMouseDown}>
      <div className="jo-browser-inner">
        <ModelList client={client} library={library} ways={ways} opened={opened} onOpen={onOpen} />
        {opened === null ? null : (
          <LayerInspector key={opened} client={client} library={library} name={opened} ways={ways} onOpen={onOpen} onBack={() => onOpen(null)} />
        )}
      </div>
    </div>
  );
}

/** The second half of a double click whose first half opened a model selects no word of what is there now. */
function useWholeClicks(opened: string | null): (event: MouseEvent) => void {
  const began = useRef(opened);
  return event => {
    if (event.detail <= 1) {
      began.current = opened;
    } else if (began.current !== opened) {
      event.preventDefault();
    }
  };
}

/** Where the opened model covers the list, the focus goes to it, and back to its row. */
function useFocusThatFollows(opened: string | null): RefObject<HTMLDivElement> {
  const browser = useRef<HTMLDivElement>(null);
  const before = useRef(opened);
  useEffect(() => {
    const [list, inspector] = [browser.current?.querySelector('.jo-models'), browser.current?.querySelector<HTMLElement>('.jo-inspector')];
    if (opened === before.current || list === null || list === undefined) {
      return;
    }
    before.current = opened;
    if (opened === null) {
      list.querySelector<HTMLElement>('[data-row][tabindex="0"]')?.focus({ preventScroll: true });
    } else if (getComputedStyle(list).visibility === 'hidden') {
      inspector?.focus({ preventScroll: true });
    }
  }, [opened]);
  return browser;
}
