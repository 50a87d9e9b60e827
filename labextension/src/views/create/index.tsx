/**
 * The area in which models are made.
 */

import { useHost } from '../../host';
import type { IAreaProps } from '../area';

export function Create({ place }: IAreaProps<'create'>): JSX.Element {
  const { trans } = useHost();
  return <p className="jo-empty">{place.source === undefined ? trans.__('A model is made from another one, a file or a folder.') : <bdi>{place.source}</bdi>}</p>;
}
