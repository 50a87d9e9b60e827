/**
 * The panel as the shell sees it: title, icon, and React inside. It holds no state of its own.
 */

import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { useSyncExternalStore } from 'react';
import { HostContext, type ITexts } from '../host';
import type { Navigation } from '../navigation';
import { Panel } from '../views/panel';
import type { Desk } from './desk';
import type { LabHost } from './host';
import { ollamaIcon } from './icon';
import { PANEL_ID } from './tokens';

export class OllamaPanel extends ReactWidget {
  constructor(
    private readonly _desk: Desk,
    private readonly _navigation: Navigation,
    private readonly _host: LabHost,
    trans: ITexts
  ) {
    super();
    this.id = PANEL_ID;
    this.addClass('jo-panel');
    this.title.icon = ollamaIcon;
    this.title.caption = trans.__('Ollama');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Ollama'));
  }

  protected override render(): JSX.Element {
    return <Hosted desk={this._desk} navigation={this._navigation} host={this._host} />;
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._desk.wake();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this.isVisible) {
      this._desk.wake();
    }
  }
}

function Hosted({ desk, navigation, host }: { desk: Desk; navigation: Navigation; host: LabHost }): JSX.Element {
  return (
    <HostContext.Provider value={useSyncExternalStore(host.subscribe, host.snapshot)}>
      <Panel desk={desk} navigation={navigation} />
    </HostContext.Provider>
  );
}
