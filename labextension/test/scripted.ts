/**
 * A kernel that answers from a script: an `IChannel` for tests of the client and the views.
 *
 *     const kernel = new ScriptedKernel({ open: ({ name }) => details(name) });
 *     kernel.push({ topic: 'models', whole: true, changed: [model('mario:latest')], removed: [], more: false });
 *
 * A verb that reports events is a function that gets a `Reply`, and answers when it likes. What was asked is in `asked`.
 */

import type { IChannel } from '../src/channel';
import { type Args, Client, type Events, type Result } from '../src/client';
import { Library } from '../src/library';
import type { IBatch, IDetails, IFault, IHello, ILoaded, IModel, IRequest, Item, Push, Verb } from '../src/protocol';

/** How a script answers one request. */
export class Reply<V extends Verb> {
  constructor(
    private readonly _kernel: ScriptedKernel,
    readonly id: number
  ) {}

  event(event: Events<V>): void {
    this._kernel.emit({ kind: 'event', id: this.id, event });
  }

  result(result: Result<V>): void {
    this._kernel.emit({ kind: 'result', id: this.id, result });
  }

  error(kind: string, text: string, hint = '', facts: IFault['facts'] = {}): void {
    this._kernel.emit({ kind: 'error', id: this.id, error: { kind, text, hint, facts } });
  }
}

/** `undefined` leaves the request open: the script answers through its reply, now or later. */
export type Script = { [V in Verb]?: (args: Args<V>, reply: Reply<V>) => Result<V> | undefined | void };

export class ScriptedKernel implements IChannel {
  constructor(public script: Script = {}) {}

  onBatch: ((batch: IBatch) => void) | null = null;
  onClose: (() => void) | null = null;

  /** Every request so far. */
  readonly asked: IRequest[] = [];

  /** The requests of one verb, as their arguments. */
  askedOf<V extends Verb>(verb: V): readonly Args<V>[] {
    return this.asked.filter(request => request.verb === verb).map(request => request.args as Args<V>);
  }

  send(request: IRequest): void {
    this.asked.push(request);
    queueMicrotask(() => this._answer(request));
  }

  /** Items of one batch. */
  emit(...items: Item[]): void {
    this.seq += 1;
    this.onBatch?.({ seq: this.seq, items });
  }

  push(push: Push): void {
    this.emit({ kind: 'push', push });
  }

  /** The number of the last batch; count it up to lose batches. */
  seq = 0;

  private _answer(request: IRequest): void {
    const reply = new Reply<Verb>(this, request.id);
    const answer = this.script[request.verb] as ((args: object, reply: Reply<Verb>) => unknown) | undefined;
    if (answer === undefined) {
      if (request.verb === 'watch' || request.verb === 'resync' || request.verb === 'cancel') {
        reply.result(null);
      } else {
        reply.error('UnknownVerb', `The script has no answer to ${request.verb}.`);
      }
      return;
    }
    const result = answer(request.args, reply);
    if (result !== undefined) {
      this.emit({ kind: 'result', id: request.id, result });
    }
  }
}

/** A scripted kernel with its client and library; `models` have arrived. */
export function scripted(script: Script = {}, models: readonly IModel[] = []): { kernel: ScriptedKernel; client: Client; library: Library } {
  const kernel = new ScriptedKernel(script);
  const client = new Client(kernel);
  const library = new Library(client);
  kernel.emit({ kind: 'hello', hello: hello() });
  kernel.push({ topic: 'models', whole: true, changed: models, removed: [], more: false });
  return { kernel, client, library };
}

export function hello(fields: Partial<IHello> = {}): IHello {
  return { protocol: 1, version: '0.1.0', python: '3.12.1', pid: 1, store: '/models', remote: false, language: '', ...fields };
}

export function model(name: string, fields: Partial<IModel> = {}): IModel {
  return {
    name,
    digest: digestOf(name),
    size: 1_000_000,
    modified: '2026-01-02T03:04:05Z',
    family: 'llama',
    parameters: '1.0B',
    quantization: 'Q4_K_M',
    capabilities: ['completion'],
    remote: '',
    readonly: false,
    ...fields
  };
}

/** A model opened, without layers. */
export function details(fields: Partial<IDetails> = {}): IDetails {
  return {
    ...model('mario:latest'),
    layers: [],
    aliases: [],
    modelfile: '',
    system: '',
    parametersSet: {},
    context: 0,
    embedding: 0,
    parameterCount: 0,
    tensorCount: 0,
    notes: [],
    requires: '',
    ...fields
  };
}

export function loaded(name: string, fields: Partial<ILoaded> = {}): ILoaded {
  return { name, digest: digestOf(name), memory: 2_000_000, gpu: 0, processor: '100% CPU', context: 4096, expires: null, ...fields };
}

function digestOf(name: string): string {
  return [...name].map(letter => letter.codePointAt(0)?.toString(16)).join('').padEnd(64, '0').slice(0, 64);
}
