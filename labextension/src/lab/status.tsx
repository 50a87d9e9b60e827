/**
 * The item in the status bar: which models are in memory, and what works. A click opens the panel.
 */

import { ReactWidget } from '@jupyterlab/ui-components';
import { useSyncExternalStore } from 'react';
import type { ITexts } from '../host';
import { useLibrary } from '../library';
import type { ISession } from '../situation';
import { bytes } from '../views/format';
import { visibleName } from '../views/parts/visible';
import type { Desk } from './desk';
import { ollamaIcon } from './icon';

export class StatusItem extends ReactWidget {
  constructor(
    private readonly _desk: Desk,
    private readonly _trans: ITexts,
    private readonly _open: () => void
  ) {
    super();
    this.addClass('jo-status');
  }

  protected override render(): JSX.Element {
    return <Status desk={this._desk} trans={this._trans} open={this._open} />;
  }
}

function Status({ desk, trans, open }: { desk: Desk; trans: ITexts; open: () => void }): JSX.Element {
  const state = useSyncExternalStore(desk.subscribe, desk.snapshot);
  const session = state.situation.state === 'ready' ? state.sessions.find(one => one.key === state.front) : undefined;
  return session === undefined ? <></> : <Facts session={session} trans={trans} open={open} />;
}

function Facts({ session, trans, open }: { session: ISession; trans: ITexts; open: () => void }): JSX.Element {
  const { loaded, runs } = useLibrary(session.library);
  const running = runs.filter(run => run.state === 'running' || run.state === 'asking');
  const memory = loaded.reduce((sum, model) => sum + model.memory, 0);
  const parts = [
    ...(running.length > 0 ? [trans._n('%1 running', '%1 running', running.length)] : []),
    ...(loaded.length === 1 ? [visibleName(loaded[0]!.name)] : loaded.length > 1 ? [trans._n('%1 model', '%1 models', loaded.length)] : []),
    ...(memory > 0 ? [bytes(memory)] : [])
  ];
  const details = [
    ...loaded.map(model => trans.__('%1 is in memory: %2', visibleName(model.name), bytes(model.memory))),
    ...running.map(run => `${run.verb} ${visibleName(run.model)}`)
  ];
  const title = details.length === 0 ? trans.__('No model is in memory') : details.join('\n');
  return (
    <button type="button" className="jo-status-button" title={title} onClick={open} data-running={running.length > 0}>
      <ollamaIcon.react tag="span" elementSize="normal" />
      <span>{parts.length === 0 ? trans.__('Ollama') : parts.join(' · ')}</span>
    </button>
  );
}
