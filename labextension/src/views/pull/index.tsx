/**
 * The area in which models are fetched.
 */

import { useHost } from '../../host';
import type { IAreaProps } from '../area';

export function Pull({ place }: IAreaProps<'pull'>): JSX.Element {
  const { trans } = useHost();
  return <p className="jo-empty">{place.name === undefined ? trans.__('Models come from a registry.') : <bdi>{place.name}</bdi>}</p>;
}
