/**
 * Around each widget: its host, its height, and what there is to say of its kernel. What was shown stays when the kernel is gone.
 */

import { type ComponentType, useMemo, useSyncExternalStore } from 'react';
import { HostContext, type IHost, type ITexts } from '../host';
import { Button } from '../views/parts/button';
import { Icon } from '../views/parts/icon';
import { hostOf } from './host';
import type { ISnapshot, WidgetSession } from './session';

/** What a widget's view is given. */
export interface IWidgetProps extends Pick<ISnapshot, 'client' | 'library'> {
  readonly session: WidgetSession;
}

interface IFrameProps {
  readonly session: WidgetSession;
  readonly root: HTMLElement;
  readonly View: ComponentType<IWidgetProps>;
  readonly markdown?: IHost['renderMarkdown'] | undefined;
}

export function Frame({ session, root, View, markdown }: IFrameProps): JSX.Element {
  const { client, library, texts, state } = useSyncExternalStore(session.subscribe, session.snapshot);
  const host = useMemo(() => hostOf(root, texts, markdown), [root, texts, markdown]);
  return (
    <HostContext.Provider value={host}>
      <div aria-live="polite" className="jo-widget-note">
        {state === 'open' ? null : <Note trans={texts} isGone={state === 'gone'} onRetry={session.reconnect} />}
      </div>
      <div className="jo-widget-view">
        <View client={client} library={library} session={session} />
      </div>
    </HostContext.Provider>
  );
}

function Note({ trans, isGone, onRetry }: { trans: ITexts; isGone: boolean; onRetry: () => void }): JSX.Element {
  return (
    <>
      <Icon name="warning" />
      <p>
        {isGone
          ? trans.__('The kernel of this view was restarted or stopped. Run its cell again.')
          : trans.__('The kernel has not answered yet. It may be running a cell, or be gone.')}
      </p>
      {isGone ? <Button onClick={onRetry}>{trans.__('Try again')}</Button> : null}
    </>
  );
}
