/**
 * What is there when no model is: an invitation.
 */

import { useHost } from '../../host';
import type { IRun } from '../../protocol';
import { Button } from '../parts/button';
import { Icon } from '../parts/icon';
import type { IWays } from '../ways';
import { isAtWork } from './rows';
import { WorkLine } from './work';

const FIRST_STEPS = ['%%modelfile mario\nFROM pocket\nSYSTEM You are Mario from Super Mario Bros.', '%ollama_create mario', '%%chat mario\nWho are you?'];

export function Invitation({ runs, ways, onPocket, onCancel }: { runs: readonly IRun[]; ways: IWays; onPocket: () => void; onCancel: (run: number) => void }): JSX.Element {
  const { trans, insertCells } = useHost();
  const work = runs.filter(run => isAtWork(run) && (run.verb === 'create' || run.verb === 'pull'));
  return (
    <div className="jo-invitation">
      <Icon name="layers" />
      <h2>{trans.__('No models yet')}</h2>
      <p>{trans.__('pocket comes with this package: a small model that answers in a second, without a download.')}</p>
      <Button kind="main" icon="plus" disabled={work.length > 0} onClick={onPocket}>
        {trans.__('Create pocket')}
      </Button>
      {ways.pull === null ? null : (
        <Button icon="load" onClick={ways.pull}>
          {trans.__('Pull a model')}
        </Button>
      )}
      {insertCells === null ? null : (
        <Button icon="insert" onClick={() => insertCells(FIRST_STEPS.map(source => ({ type: 'code', source })))}>
          {trans.__('Insert first steps as cells')}
        </Button>
      )}
      {work.map(run => (
        <WorkLine key={run.run} run={run} tabIndex={0} onCancel={onCancel} />
      ))}
    </div>
  );
}
