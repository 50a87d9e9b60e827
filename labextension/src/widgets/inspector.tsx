/**
 * One model in a cell, layer by layer.
 */

import '../../style/widgets/browser.css';
import { LayerInspector } from '../views/layers/inspector';
import { NOWHERE } from '../views/ways';
import type { IWidgetProps } from './frame';
import { widget } from './mount';
import { useText } from './trait';

function Inspector({ client, library, session }: IWidgetProps): JSX.Element {
  const [model, open] = useText(session.model, 'model');
  return <LayerInspector key={model} client={client} library={library} name={model} ways={NOWHERE} onOpen={open} onBack={null} />;
}

export default widget(Inspector);
