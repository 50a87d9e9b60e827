/**
 * A Modelfile in a cell. Python reads and writes its text.
 */

import '../../style/widgets/editor.css';
import { useEffect, useSyncExternalStore } from 'react';
import { useBefore } from '../views/create/before';
import { ModelfileForm } from '../views/create/form';
import { WidgetDraft } from './draft';
import type { IWidgetProps } from './frame';
import { widget } from './mount';

function EditorInCell({ client, library, session }: IWidgetProps): JSX.Element {
  const held = session.keep(() => new WidgetDraft(session.model));
  const draft = useSyncExternalStore(held.subscribe, held.snapshot);
  const { before, replace } = useBefore(draft, held.change);
  useEffect(() => held.tell, [held]);
  return (
    <div className="jo-widget-editor" onBlur={held.tell}>
      <ModelfileForm client={client} library={library} draft={draft} onDraft={held.change} before={before} onReplace={replace} onChat={null} onOpen={null} />
    </div>
  );
}

export default widget(EditorInCell);
