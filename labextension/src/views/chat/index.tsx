/**
 * The area of conversations.
 */

import { useHost } from '../../host';
import type { IAreaProps } from '../area';

export function Chat({ place }: IAreaProps<'chat'>): JSX.Element {
  const { trans } = useHost();
  return <p className="jo-empty">{place.model === undefined ? trans.__('Choose a model to talk to.') : <bdi>{place.model}</bdi>}</p>;
}
