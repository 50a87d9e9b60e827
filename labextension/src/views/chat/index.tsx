/**
 * Talking to a model: the whole view, for the panel and for a widget.
 */

import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore, type KeyboardEvent } from 'react';
import type { Client } from '../../client';
import { useHost } from '../../host';
import { useLibrary } from '../../library';
import type { IAreaProps } from '../area';
import { Button } from '../parts/button';
import { visibleName, visibleText } from '../parts/visible';
import { askedWith, firstModel, useDetails, useOptions } from './asking';
import { Chats, type IChats } from './chats';
import { Composer } from './composer';
import { Header } from './header';
import { Log } from './log';
import { BrowserMemory, NO_MEMORY } from './memory';
import { Setup } from './setup';
import { path, ROOT, textOf, type Turn } from './tree';
import { branchesOf, Question, Reply, type IActions } from './turns';

export function Chat({ client, library, kernel, place, go, shown }: IAreaProps<'chat'>): JSX.Element {
  const chats = useMemo(() => new Chats(kernel === '' ? NO_MEMORY : new BrowserMemory(kernel)), [kernel]);
  const [focus, setFocus] = useVisit(chats, place, shown);
  useEffect(() => {
    const flush = (): void => chats.flush();
    addEventListener('pagehide', flush);
    return () => {
      removeEventListener('pagehide', flush);
      flush();
    };
  }, [chats]);
  return <Conversation client={client} library={library} chats={chats} focus={focus} setFocus={setFocus} go={go} />;
}

/** Visits that were made: a place stays while other kernels come to the front, and was meant for the one that was there. */
const made = new WeakSet<object>();

/** Go where somebody wanted to go: to a model, perhaps to begin anew. For each visit there is an object, and one can be made by hand. */
function useVisit(chats: Chats, place: IAreaProps<'chat'>['place'], isShown: boolean): readonly [object | null, (visit: object) => void] {
  const [visit, setVisit] = useState<object | null>(null);
  useEffect(() => {
    if (!isShown || made.has(place) || (place.model === undefined && !place.anew)) {
      return;
    }
    made.add(place);
    if (place.anew) {
      chats.open(null);
    }
    if (place.model !== undefined) {
      chats.configure({ model: place.model });
    }
    setVisit(place);
  }, [chats, place, isShown]);
  return [visit, setVisit];
}

interface IConversationProps extends Pick<IAreaProps<'chat'>, 'client' | 'library'> {
  readonly go: IAreaProps<'chat'>['go'] | null; // null: there is nothing but the conversation
  readonly chats: Chats;
  readonly focus: object | null; // whenever it is another one, the message box takes the focus
  readonly setFocus: (focus: object) => void;
}

/** The view of conversations that are kept by somebody else. */
export function Conversation({ client, library, chats, focus, setFocus, go }: IConversationProps): JSX.Element {
  const { trans, preferences } = useHost();
  const snapshot = useLibrary(library);
  const shown = useSyncExternalStore(chats.subscribe, () => chats.snapshot);
  const { current } = shown;
  const [isSetupOpen, setSetupOpen] = useState(false);
  const model = current.settings.model || preferences.defaultModel || (snapshot.ready ? firstModel(snapshot) : '');
  const details = useDetails(client, model, snapshot.models.get(model)?.digest ?? '');
  const options = useOptions(client);
  const turns = useMemo(() => path(current.tree), [current.tree]);
  const asked = askedWith(current.settings, model, details, options);
  const actions = useActions(client, chats, asked);
  const running = chats.running;

  const beginAnew = (): void => {
    chats.open(null);
    setFocus({});
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && running !== null && !event.nativeEvent.isComposing) {
      event.preventDefault();
      event.stopPropagation();
      chats.stop(running);
    }
  };

  return (
    <section className="jo-chat" aria-label={trans.__('Chat')} onKeyDown={onKeyDown}>
      <Header
        library={snapshot}
        chats={chats}
        shown={shown}
        model={model}
        isSetupOpen={isSetupOpen}
        onSetup={() => setSetupOpen(!isSetupOpen)}
        onNew={beginAnew}
      />
      {isSetupOpen ? <Setup settings={current.settings} details={details} options={options} configure={change => chats.configure(change)} /> : null}
      <Log latest={`${current.id} ${turns.length === 0 ? '' : (turns.at(-1)?.id ?? '')}`}>
        {turns.length === 0 ? <Beginning model={model} isReady={snapshot.ready} go={go} /> : <Turns turns={turns} shown={shown} chats={chats} actions={actions} />}
      </Log>
      <Announcement chats={chats} shown={shown} />
      <Composer
        draft={current.draft}
        focusFor={focus}
        placeholder={model === '' ? trans.__('There is no model yet') : trans.__('Ask %1', visibleName(model))}
        isRunning={running !== null}
        canAsk={model !== ''}
        onDraft={draft => chats.keepDraft(draft)}
        onAsk={text => chats.ask(client, text, asked, turns.at(-1)?.id ?? ROOT)}
        onStop={() => running !== null && chats.stop(running)}
      />
    </section>
  );
}

/** What turns can have done to them; the same object while nothing is asked with anything else, so that turns need not be drawn again. */
function useActions(client: Client, chats: Chats, asked: ReturnType<typeof askedWith>): IActions {
  const latest = useRef({ client, chats, asked });
  latest.current = { client, chats, asked };
  return useMemo(
    () => ({
      edit: (question, text) => latest.current.chats.edit(latest.current.client, question, text, latest.current.asked),
      again: reply => latest.current.chats.again(latest.current.client, reply, latest.current.asked),
      choose: turn => latest.current.chats.choose(turn)
    }),
    []
  );
}

function Turns({ turns, shown, chats, actions }: { turns: readonly Turn[]; shown: IChats; chats: Chats; actions: IActions }): JSX.Element {
  return (
    <>
      {turns.map(turn => {
        const branches = branchesOf(shown.current.tree, turn.id);
        return turn.role === 'user' ? (
          <Question key={turn.id} turn={turn} branches={branches} actions={actions} />
        ) : (
          <Reply key={turn.id} turn={turn} branches={branches} actions={actions} live={chats.live(turn.id)} stopping={chats.stopping(turn.id)} />
        );
      })}
    </>
  );
}

function Beginning({ model, isReady, go }: { model: string; isReady: boolean; go: IConversationProps['go'] }): JSX.Element {
  const { trans } = useHost();
  if (model !== '') {
    return <p className="jo-empty">{trans.__('Say something to %1.', visibleName(model))}</p>;
  }
  return isReady ? (
    <div className="jo-empty">
      <p>{trans.__('There is no model to talk to yet.')}</p>
      {go === null ? null : (
        <Button icon="load" kind="main" onClick={() => go({ tab: 'pull' })}>
          {trans.__('Pull a model')}
        </Button>
      )}
    </div>
  ) : (
    <p className="jo-empty">{trans.__('Waiting for the models')}</p>
  );
}

/** Says a finished answer to a screen reader, once and as a whole. */
function Announcement({ chats, shown }: { chats: Chats; shown: IChats }): JSX.Element {
  const { trans } = useHost();
  const [said, setSaid] = useState('');
  const waitedFor = useRef<string | null>(null);
  const say = useCallback(() => {
    const turn = waitedFor.current === null ? undefined : chats.snapshot.current.tree.turns.get(waitedFor.current);
    if (turn?.role === 'assistant' && chats.live(turn.id) === undefined) {
      waitedFor.current = null;
      setSaid(turn.state === 'failed' ? trans.__('The answer failed.') : trans.__('Answer: %1', visibleText(textOf(turn).slice(0, 1000))));
    }
  }, [chats, trans]);
  useEffect(() => {
    say();
    waitedFor.current = chats.running ?? waitedFor.current;
  }, [shown, chats, say]);
  return (
    <p className="jo-visually-hidden" role="status">
      {said}
    </p>
  );
}
