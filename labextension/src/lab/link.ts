/**
 * The way to one kernel: opens its comm once, notices when it is silent, lost or restarted, and makes a new client after a restart.
 *
 * A kernel is asked as little as possible: nothing is sent before the panel was seen or the extension was loaded, and nothing is polled.
 */

import type { Kernel } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';
import { Library } from '../library';
import { ANNOUNCE, type IHello, PROTOCOL } from '../protocol';
import type { ISession } from '../situation';
import { Attempt } from './attempt';
import { Busy } from './busy';
import { sleep } from './channel';
import { Introduction, isAway } from './known';
import { loadExtension, versionOf } from './load';

/** Milliseconds for which an idle kernel may be silent, one attempt after the other. */
const PATIENCE = [3_000, 6_000, 12_000, 24_000];

export type Phase =
  | { readonly name: 'waiting' } // for the kernel to be there, or to be wanted
  | { readonly name: 'connecting' }
  | { readonly name: 'open' }
  | { readonly name: 'absent' }
  | { readonly name: 'loading' }
  | { readonly name: 'missing'; readonly executable: string }
  | { readonly name: 'failed'; readonly error: string }
  | { readonly name: 'silent' }
  | { readonly name: 'other version'; readonly version: string; readonly older: boolean }
  | { readonly name: 'language'; readonly language: string };

export class KernelLink implements IDisposable {
  constructor(readonly kernel: Kernel.IKernelConnection) {
    kernel.registerCommTarget(ANNOUNCE, this._onAnnounce);
    kernel.statusChanged.connect(this._onStatus, this);
    kernel.connectionStatusChanged.connect(this._onConnection, this);
    kernel.disposed.connect(this.dispose, this);
    this._introduction = new Introduction(kernel, language => this._onKnown(language), () => this._changed.emit());
    this._busy = new Busy(kernel, () => this._changed.emit());
    this._onStatus();
  }

  get phase(): Phase {
    return this._phase;
  }

  /** The kernel's views; those of before while it restarts, null before it answered for the first time. */
  get session(): ISession | null {
    return this._session;
  }

  /** Whether a cell has been running for a while that requests have to wait for. */
  get waits(): boolean {
    return this._busy.isLong && !(this._attempt?.hasSubshell ?? false);
  }

  /** Whether it is to be connected; one that was only seen from afar is not. */
  get isWanted(): boolean {
    return this._isWanted;
  }

  /** Whether the kernel starts, ends or is dead. */
  get isAway(): boolean {
    return isAway(this.kernel);
  }

  /** See `Introduction`. */
  get isKnown(): boolean {
    return this._introduction.isKnown;
  }

  /** See `Introduction`. */
  get isLate(): boolean {
    return this._introduction.isLate;
  }

  /** Emitted when any of this may have changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Emitted when a cell loaded the extension. */
  get loaded(): ISignal<this, void> {
    return this._loaded;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._round += 1;
    this._busy.dispose();
    this._introduction.dispose();
    this._attempt?.close();
    if (!this.kernel.isDisposed) {
      this.kernel.removeCommTarget(ANNOUNCE, this._onAnnounce);
    }
    this._changed.emit();
    Signal.clearData(this);
  }

  /** Connect, now or as soon as that is possible; nothing happens where it has been tried. */
  want(): void {
    this._isWanted = true;
    this._begin();
  }

  /** Connect once more. */
  retry(): void {
    if (this._phase.name !== 'open') {
      this._enter({ name: 'waiting' });
    }
    this.want();
  }

  /** Load the extension in the kernel, then connect. */
  async load(): Promise<void> {
    const round = ++this._round;
    this._isWanted = true;
    this._enter({ name: 'loading' });
    const loaded = await loadExtension(this.kernel).catch(() => null); // null: the kernel went away
    if (round !== this._round || loaded === null) {
      return;
    }
    if (loaded.outcome !== 'loaded') {
      this._enter(loaded.outcome === 'missing' ? { name: 'missing', executable: loaded.executable } : { name: 'failed', error: loaded.error });
      return;
    }
    this._loadAgain = true;
    this._enter({ name: 'waiting' });
    await this._begin();
    if (this._phase.name === 'absent') {
      await this._tooOld();
    }
  }

  /** Tell the kernel that the page goes away. */
  leave(): void {
    this._session?.client.leave();
  }

  private readonly _onAnnounce = (): void => {
    this._isWanted = true;
    this._announcements += 1;
    if (this._phase.name === 'open') {
      void this._check();
    } else if (this._phase.name !== 'loading' && this._phase.name !== 'connecting') {
      this.retry();
      this._loaded.emit();
    }
  };

  private _onStatus(): void {
    const { status } = this.kernel;
    this._busy.look();
    this._introduction.look();
    if (status === 'restarting' || status === 'autorestarting') {
      this._restarted();
    } else if (status === 'idle' || status === 'busy') {
      this._revive();
    }
    this._changed.emit();
  }

  private _onConnection(): void {
    if (this.kernel.connectionStatus !== 'connected' && this._isAtWork) {
      this._restarted(); // JupyterLab 4.4 tells that a kernel is idle that is about to end: what it was asked is lost
    }
    if (this.kernel.connectionStatus === 'connected' && this._phase.name === 'open') {
      void this._check(); // batches may have been lost, or the kernel restarted meanwhile
    }
    this._changed.emit();
  }

  /** Whether it waits for a kernel that is to load the extension or to say hello. */
  private get _isAtWork(): boolean {
    return this._phase.name === 'loading' || this._phase.name === 'connecting';
  }

  private _onKnown(language: string): void {
    if (language !== 'python') {
      this._enter({ name: 'language', language });
    }
    void this._begin();
    this._changed.emit();
  }

  private _restarted(): void {
    this._round += 1;
    this._latest?.forget();
    this._latest = null;
    this._attempt?.close();
    this._attempt = null;
    this._isAnew = true;
    if (this._phase.name !== 'language') {
      this._enter({ name: 'waiting' });
    }
  }

  /** The kernel is there (again): what the panel had loaded is loaded again. */
  private _revive(): void {
    const anew = this._isAnew;
    this._isAnew = false;
    if (anew && this._loadAgain) {
      void this.load();
    } else {
      void this._begin();
    }
  }

  private async _begin(): Promise<void> {
    const isThere = this.kernel.connectionStatus === 'connected' && !this.isAway; // what a known kernel does may be unknown for long
    if (this._phase.name === 'waiting' && this._isWanted && this.isKnown && isThere && !this._isAnew) {
      await this._connect(++this._round);
    }
  }

  private async _connect(round: number): Promise<void> {
    this._enter({ name: 'connecting' });
    for (const patience of PATIENCE) {
      const answered = await this._begun(round).open(patience, () => round !== this._round);
      if (answered || round !== this._round) {
        return;
      }
    }
    this._enter({ name: 'silent' });
  }

  /** A new attempt. Those that stayed silent are left as they are, and may still answer. */
  private _begun(round: number): Attempt {
    const attempt = new Attempt(this.kernel);
    const { _announcements: announced } = this;
    this._latest = attempt;
    attempt.onHello = hello => {
      if (this._session?.client === attempt.client) {
        this._session = { ...this._session, hello }; // another Ollama since: `%ollama connect`
        this._changed.emit();
      } else if (round === this._round && this._phase.name !== 'open') {
        this._open(attempt, hello);
      }
    };
    attempt.onClosed = () => {
      if (round !== this._round || (this._attempt !== attempt && this._attempt !== null)) {
        return;
      }
      this._attempt = null;
      if (announced === this._announcements) {
        this._enter({ name: 'absent' });
      } else {
        void this._again(round); // the comm was closed before the extension was loaded (again): the word of that came first, from another thread
      }
    };
    return attempt;
  }

  /** Connect once more when JupyterLab has let go of the comm that was closed; sooner, the next one would get the subshell that ends with it. */
  private async _again(round: number): Promise<void> {
    await sleep(0);
    if (round === this._round) {
      this._enter({ name: 'waiting' });
      await this._begin();
    }
  }

  private _open(attempt: Attempt, hello: IHello): void {
    if (hello.protocol !== PROTOCOL) {
      this._round += 1;
      this._enter({ name: 'other version', version: hello.version, older: hello.protocol < PROTOCOL });
      return;
    }
    this._attempt = attempt;
    const { client } = attempt;
    const library = new Library(client);
    this._session = { key: this.kernel.id, client, library, hello };
    this._enter({ name: 'open' });
    void this._expect(library.begun, PATIENCE[2]!); // what is sent to a subshell that ends just then is lost
  }

  /** Whether the kernel still knows this page. */
  private async _check(): Promise<void> {
    if (this._session !== null && this._attempt !== null) {
      await this._expect(this._session.client.resync(), PATIENCE[0]!);
    }
  }

  /** A kernel that does not answer although it could is connected anew. */
  private async _expect(answer: Promise<unknown>, patience: number): Promise<void> {
    const { _round: round, _attempt: attempt } = this;
    const came = (await attempt?.comes(answer, patience, () => round !== this._round)) ?? true;
    if (!came && round === this._round) {
      this._restarted();
      this._revive();
    }
  }

  /** The extension was loaded and still does not know the panel. */
  private async _tooOld(): Promise<void> {
    const round = this._round;
    const version = await versionOf(this.kernel).catch(() => '');
    if (round === this._round) {
      this._enter({ name: 'other version', version, older: true });
    }
  }

  private _enter(phase: Phase): void {
    this._phase = phase;
    this._changed.emit();
  }

  private readonly _introduction: Introduction;
  private readonly _busy: Busy;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _loaded = new Signal<this, void>(this);
  private _phase: Phase = { name: 'waiting' };
  private _session: ISession | null = null;
  private _attempt: Attempt | null = null; // the one that was answered
  private _latest: Attempt | null = null;
  private _announcements = 0; // how often cells have loaded the extension
  private _round = 0; // counts up with all that makes what is under way obsolete
  private _isWanted = false;
  private _isAnew = false; // it restarts and has not been idle since
  private _loadAgain = false; // after a restart, since the panel had loaded it
  private _isDisposed = false;
}
