/**
 * The models in a cell.
 */

import '../../style/widgets/browser.css';
import { useCallback } from 'react';
import { ModelBrowser } from '../views/models/browser';
import { NOWHERE } from '../views/ways';
import type { IWidgetProps } from './frame';
import { widget } from './mount';
import { useText } from './trait';

function Browser({ client, library, session }: IWidgetProps): JSX.Element {
  const [selected, select] = useText(session.model, 'selected');
  const onOpen = useCallback((name: string | null) => select(name ?? ''), [select]);
  return <ModelBrowser client={client} library={library} ways={NOWHERE} opened={selected || null} onOpen={onOpen} />;
}

export default widget(Browser);
