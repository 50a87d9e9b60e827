/**
 * A conversation in a cell. Python reads and writes what was said.
 */

import '../../style/widgets/chat.css';
import { useState, useSyncExternalStore } from 'react';
import { Conversation } from '../views/chat';
import type { IWidgetProps } from './frame';
import { renderMarkdown } from './markdown';
import { widget } from './mount';
import { Transcript } from './transcript';

function ChatInCell({ client, library, session }: IWidgetProps): JSX.Element {
  const transcript = session.keep(() => new Transcript(session.model));
  const chats = useSyncExternalStore(transcript.subscribe, () => transcript.chats);
  const [focus, setFocus] = useState<object | null>(null);
  return <Conversation client={client} library={library} chats={chats} focus={focus} setFocus={setFocus} go={null} />;
}

export default widget(ChatInCell, renderMarkdown);
