/**
 * What the panel shows of the kernels: the situation of the one in front, and the sessions of all that have answered.
 */

import type { ISessionContext, ISessionContextDialogs } from '@jupyterlab/apputils';
import type { Kernel, KernelManager } from '@jupyterlab/services';
import type { CommandRegistry } from '@lumino/commands';
import type { IDesk, IDeskState, ISession, Situation } from '../situation';
import { KernelLink } from './link';
import type { KernelWatch } from './watch';

export interface IDeskOptions {
  readonly watch: KernelWatch;
  readonly kernels: Pick<KernelManager, 'connectTo' | 'running'>;
  readonly commands: CommandRegistry;
  readonly dialogs: ISessionContextDialogs;
}

/** Of a document without a kernel: that it will have one. */
const STARTS: ReadonlySet<string> = new Set(['initializing', 'starting', 'restarting', 'autorestarting']);

export class Desk implements IDesk {
  constructor(private readonly _options: IDeskOptions) {
    _options.watch.changed.connect(this._update, this);
    window.addEventListener('pagehide', () => this._links.forEach(link => link.leave()));
    this._update();
  }

  readonly snapshot = (): IDeskState => this._state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  };

  /** Called when a cell loads the extension in the kernel in front. */
  onLoaded: (() => void) | null = null;

  /** The session in front, if its kernel answers. */
  get session(): ISession | null {
    return this._state.situation.state === 'ready' ? (this._link?.session ?? null) : null;
  }

  /** From now on kernels are asked: somebody looks. */
  wake(): void {
    this._isAwake = true;
    this._update();
  }

  load(): void {
    void this._link?.load();
  }

  retry(): void {
    const context = this._options.watch.context;
    if (this._state.situation.state === 'lost') {
      void context?.session?.kernel?.reconnect().catch(() => undefined); // it stays lost, and says so
    } else {
      this._link?.retry();
    }
  }

  restart(): void {
    const context = this._options.watch.context;
    if (context !== null) {
      void this._options.dialogs.restart(context);
    }
  }

  openNotebook(): void {
    void this._options.commands.execute('notebook:create-new');
  }

  selectKernel(): void {
    const context = this._options.watch.context;
    if (context !== null) {
      void this._options.dialogs.selectKernel(context);
    }
  }

  private get _link(): KernelLink | null {
    const id = this._options.watch.context?.session?.kernel?.id;
    return id === undefined ? null : (this._links.get(id) ?? null);
  }

  private _update(): void {
    for (const [id, link] of this._links) {
      if (link.isDisposed) {
        this._links.delete(id);
      }
    }
    const context = this._options.watch.context;
    const kernel = context?.session?.kernel ?? null;
    if (context !== null && kernel !== null && !kernel.isDisposed && !this._links.has(kernel.id)) {
      this._follow(context, kernel);
    }
    if (this._isAwake && this._link?.isWanted === false) {
      this._link.want(); // its notebook was open before anybody looked, and is in front again
    }
    this._tell(this._situation(context), kernel?.id ?? '');
  }

  /**
   * One link for each kernel. JupyterLab lets only the first connection to a kernel have comms: for a console beside a notebook it is the
   * notebook's, and once that is closed one is made.
   */
  private _follow(context: ISessionContext, kernel: Kernel.IKernelConnection): void {
    const own = kernel.handleComms ? null : this._options.kernels.connectTo({ model: kernel.model, handleComms: true });
    const link = new KernelLink(own ?? kernel);
    this._links.set(kernel.id, link);
    link.changed.connect(this._update, this);
    link.loaded.connect(() => {
      if (link === this._link) {
        this.onLoaded?.();
      }
    });
    context.disposed.connect(() => {
      link.leave(); // while there still is a connection
      own?.dispose();
    });
    if (this._isAwake) {
      link.want();
    }
  }

  private _tell(situation: Situation, front: string): void {
    const sessions = [...this._links.values()].map(link => link.session).filter(session => session !== null);
    const before = this._state;
    const same =
      before.front === front &&
      before.sessions.length === sessions.length &&
      before.sessions.every((session, index) => session === sessions[index]) &&
      JSON.stringify(before.situation) === JSON.stringify(situation);
    if (!same) {
      this._state = { situation, front, sessions };
      this._listeners.forEach(listener => listener());
    }
  }

  private _situation(context: ISessionContext | null): Situation {
    if (context === null) {
      return { state: 'nothing' };
    }
    const title = context.name;
    const kernel = context.session?.kernel ?? null;
    if (kernel === null || context.isTerminating) {
      return { state: STARTS.has(context.kernelDisplayStatus) ? 'starting' : 'no kernel', title };
    }
    if (kernel.status === 'dead') {
      return { state: 'dead', title };
    }
    if (kernel.connectionStatus === 'disconnected' || (kernel.connectionStatus === 'connecting' && this._link?.isKnown && !context.isRestarting)) {
      return { state: 'lost', title };
    }
    return this._ofLink(this._link, title);
  }

  private _ofLink(link: KernelLink | null, title: string): Situation {
    const phase = link?.phase ?? { name: 'waiting' };
    switch (phase.name) {
      case 'waiting':
        return { state: link !== null && this._isBusy(link) ? 'busy' : link?.isKnown && !link.isAway ? 'connecting' : 'starting', title };
      case 'connecting':
        return { state: link?.waits ? 'busy' : 'connecting', title };
      case 'open':
        return { state: 'ready', title, waits: link?.waits ?? false };
      case 'absent':
      case 'loading':
      case 'silent':
        return { state: phase.name, title };
      case 'missing':
        return { state: 'missing', title, executable: phase.executable };
      case 'failed':
        return { state: 'failed', title, error: phase.error };
      case 'language':
        return { state: 'language', title, language: phase.language };
      case 'other version':
        return { state: 'other version', title, version: phase.version, older: phase.older };
    }
  }

  /**
   * Whether a cell was running when the page was loaded: the kernel does not say what it is. The server only knows of kernels whether they
   * are starting, and JupyterLab 4.4 takes from it that one is idle.
   */
  private _isBusy(link: KernelLink): boolean {
    const model = [...this._options.kernels.running()].find(one => one.id === link.kernel.id);
    return link.isLate && model?.execution_state !== 'starting' && !link.isAway;
  }

  private readonly _links = new Map<string, KernelLink>();
  private readonly _listeners = new Set<() => void>();
  private _state: IDeskState = { situation: { state: 'nothing' }, front: '', sessions: [] };
  private _isAwake = false;
}
