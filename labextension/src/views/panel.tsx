/**
 * The frame of the panel: what there is to say of the kernel in front, and the areas of each kernel, of which one is shown.
 */

import { type ReactNode, useRef, useState, useSyncExternalStore } from 'react';
import { type Navigation, type Place, type Tab, usePlace } from '../navigation';
import type { IDesk, ISession } from '../situation';
import { Chat } from './chat';
import { Create } from './create';
import { Models } from './models';
import { visibleName } from './parts/visible';
import { Pull } from './pull';
import { SituationNote } from './situation';
import { Tabs } from './tabs';

export function Panel({ desk, navigation }: { desk: IDesk; navigation: Navigation }): JSX.Element {
  const { situation, front, sessions } = useSyncExternalStore(desk.subscribe, desk.snapshot);
  const shows = situation.state === 'ready' || situation.state === 'lost'; // what is known stays to be read while the way is lost
  return (
    <div className="jo-frame">
      <SituationNote situation={situation} desk={desk} />
      {situation.state === 'ready' && sessions.length > 1 ? <Whose title={situation.title} /> : null}
      {sessions.map(session => (
        <Areas key={session.key} session={session} navigation={navigation} shown={shows && session.key === front} />
      ))}
    </div>
  );
}

/** Where several kernels have answered: whose models these are. */
function Whose({ title }: { title: string }): JSX.Element {
  return (
    <div className="jo-front">
      <bdi>{visibleName(title)}</bdi>
    </div>
  );
}

/** The areas of one kernel. An area is made when it is first shown and kept from then on. */
function Areas({ session, navigation, shown }: { session: ISession; navigation: Navigation; shown: boolean }): JSX.Element {
  const places = usePlaces(navigation, shown);
  const current = places.current.tab;
  const { client, library } = session;
  const common = (tab: Tab) => ({ client, library, kernel: session.key, go: navigation.go, shown: shown && tab === current });
  const area = (tab: Tab, view: ReactNode): JSX.Element => (
    <div key={tab} className="jo-area" id={`jo-area-${session.key}-${tab}`} role="tabpanel" aria-labelledby={`jo-tab-${session.key}-${tab}`} hidden={tab !== current}>
      {view}
    </div>
  );
  const { models, chat, create, pull } = places.visited;
  return (
    <div className="jo-areas" hidden={!shown}>
      <Tabs id={session.key} current={current} onChoose={tab => navigation.go(places.visited[tab] ?? { tab })} />
      {area('models', models && <Models {...common('models')} place={models} />)}
      {area('chat', chat && <Chat {...common('chat')} place={chat} />)}
      {area('create', create && <Create {...common('create')} place={create} />)}
      {area('pull', pull && <Pull {...common('pull')} place={pull} />)}
    </div>
  );
}

type Visited = { readonly [T in Tab]?: Extract<Place, { tab: T }> };

/** The place in front, and the last place of each tab; a kernel that is not in front stays where it is. */
function usePlaces(navigation: Navigation, shown: boolean): { current: Place; visited: Visited } {
  const place = usePlace(navigation);
  const [initial] = useState<Place>({ tab: 'models' });
  const current = useRef(initial);
  const visited = useRef<Visited>({});
  if (shown) {
    current.current = place;
  }
  if (visited.current[current.current.tab] !== current.current) {
    visited.current = { ...visited.current, [current.current.tab]: current.current };
  }
  return { current: current.current, visited: visited.current };
}

