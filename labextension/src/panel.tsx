/**
 * The panel as the shell sees it: title, icon, and React inside. It holds no state of its own.
 */

import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import { ollamaIcon } from './icon';
import type { KernelWatch } from './kernel';
import { PANEL_ID } from './tokens';
import { Greeting } from './views/greeting';

/** The side panel; draws itself again whenever the kernel in front changes. */
export class OllamaPanel extends ReactWidget {
  constructor(
    private readonly _kernel: KernelWatch,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.id = PANEL_ID;
    this.addClass('jo-panel');
    this.title.icon = ollamaIcon;
    this.title.caption = _trans.__('Ollama');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', _trans.__('Ollama'));
  }

  protected override render(): JSX.Element {
    return (
      <UseSignal signal={this._kernel.changed}>
        {() => <Greeting active={this._kernel.active} trans={this._trans} />}
      </UseSignal>
    );
  }

  override dispose(): void {
    this._kernel.dispose();
    super.dispose();
  }
}
