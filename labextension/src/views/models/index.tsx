/**
 * The area of the models: what is in the store of this kernel.
 */

import { useHost } from '../../host';
import { useLibrary } from '../../library';
import type { IAreaProps } from '../area';

export function Models({ library, go }: IAreaProps<'models'>): JSX.Element {
  const { trans } = useHost();
  const { models, ready } = useLibrary(library);
  if (ready && models.size === 0) {
    return <p className="jo-empty">{trans.__('There is no model yet.')}</p>;
  }
  return (
    <ul className="jo-list" aria-label={trans.__('Models')}>
      {[...models.keys()].map(name => (
        <li key={name} data-jo-model={name} tabIndex={0} onDoubleClick={() => go({ tab: 'chat', model: name })}>
          <bdi>{name}</bdi>
        </li>
      ))}
    </ul>
  );
}
