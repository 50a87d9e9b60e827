/**
 * What a front end and the kernel say to each other. The kernel's side is `jupyter_ollama/notebook/desk` (what can be asked) and
 * `jupyter_ollama/notebook/comms` (how it travels). Types only: the same file serves the panel and the widgets.
 *
 *     front end -> kernel   {id, verb, args}                     a request; `id` counts up from 1 on each channel
 *     kernel -> front end   {seq, items: Item[]}                 everything of the last 30 ms; `seq` counts up from 1
 *
 * Each request ends with exactly one `result` or `error`. A verb that works for long sends `event` items before. When a `seq` is missing
 * (Jupyter's server drops messages that come too fast), the front end asks for `resync` and gets, for each request that it still waits
 * for, a `state` item and what followed it, be that its end, and the pushes again. A batch can be without items: it comes after a silence,
 * so that the loss of the last one is noticed.
 */

/** The version of this protocol; `hello` tells the kernel's. */
export const PROTOCOL = 1;

/** The target of the comm that the panel opens. */
export const TARGET = 'jupyter_ollama';

/** The target of the comm that the kernel opens and closes at once when the extension was loaded. */
export const ANNOUNCE = 'jupyter_ollama.announce';

export interface IRequest {
  readonly id: number;
  readonly verb: Verb;
  readonly args: object;
}

export interface IBatch {
  readonly seq: number;
  readonly items: readonly Item[];
}

export type Item =
  | { readonly kind: 'hello'; readonly hello: IHello }
  | { readonly kind: 'event'; readonly id: number; readonly event: IEvent }
  | { readonly kind: 'state'; readonly id: number; readonly events: readonly IEvent[] } // instead of all events so far
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: number | null; readonly error: IFault } // null: the message had no id that could be read
  | { readonly kind: 'push'; readonly push: Push };

/** The first item on a channel. */
export interface IHello {
  readonly protocol: number;
  readonly version: string; // of the Python package
  readonly python: string;
  readonly pid: number;
  readonly store: string; // folder of the models, or the address of the engine elsewhere
  readonly remote: boolean;
  readonly language: string; // of the kernel's user, such as zh_CN; empty: unknown
}

/** A sentence of the kernel: its English pattern, by which catalogues know it, and what fills its places %1, %2 ... (`%%` is a percent sign). */
export type Sentence = readonly [pattern: string, ...values: (string | Sentence)[]];

/** An error as a person reads it: the thing and the cause, the remedy, and the facts as data. */
export interface IFault {
  readonly kind: string; // the class of the error: ModelNotFound, Cancelled ...
  readonly text: string; // English
  readonly hint: string;
  readonly words?: readonly [text: Sentence, hint: Sentence] | undefined; // the same, for other languages
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What changed, without being asked. Lists come whole at the start, later only what differs. */
export type Push =
  | { readonly topic: 'models'; readonly whole: boolean; readonly changed: readonly IModel[]; readonly removed: readonly string[]; readonly more: boolean } // more: the rest follows
  | { readonly topic: 'loaded'; readonly loaded: readonly ILoaded[] }
  | { readonly topic: 'runs'; readonly runs: readonly IRun[] };

export interface IModel {
  readonly name: string; // as list shows it: mario:latest
  readonly digest: string; // hex of the manifest; names with one digest are aliases
  readonly size: number; // bytes of all layers
  readonly modified: string; // RFC 3339
  readonly family: string;
  readonly parameters: string; // 8.0B
  readonly quantization: string; // Q4_K_M
  readonly capabilities: readonly string[]; // may be empty until the model is opened
  readonly remote: string; // where it runs when that is not here
  readonly readonly: boolean; // lies in a second store
}

export interface ILoaded {
  readonly name: string;
  readonly digest: string;
  readonly memory: number; // bytes
  readonly gpu: number; // bytes of these
  readonly processor: string; // 100% CPU
  readonly context: number; // n_ctx
  readonly expires: string | null; // RFC 3339; null: stays
}

/** Work that goes on in this kernel, whoever started it. */
export interface IRun {
  readonly run: number; // identifies it in this kernel
  readonly verb: string;
  readonly model: string;
  readonly state: 'running' | 'asking' | 'finished' | 'cancelled' | 'failed';
  readonly origin: 'panel' | 'cell' | 'other';
  readonly progress: IProgress | null; // its last step
  readonly failure: string; // why it failed; else empty
}

export type IEvent = IChunk | IProgress | IToolResult;

export interface IChunk {
  readonly type: 'chunk';
  readonly content: string;
  readonly thinking: string;
  readonly toolCalls: readonly IToolCall[];
}

export interface IProgress {
  readonly type: 'progress';
  readonly step: string; // the kind, for translations: pulling, converting ...
  readonly status: string; // Ollama's English text
  readonly digest: string;
  readonly completed: number | null; // bytes
  readonly total: number | null;
  readonly facts: Readonly<Record<string, unknown>>; // sentences among them
}

export interface IToolCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly id: string;
}

export interface IToolResult {
  readonly type: 'tool';
  readonly call: IToolCall;
  readonly result: string;
  readonly outcome: 'done' | 'refused' | 'failed' | 'late';
}

export interface IMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
  readonly thinking?: string;
  readonly toolCalls?: readonly IToolCall[];
  readonly toolName?: string;
}

/** A finished answer. */
export interface IAnswer {
  readonly message: IMessage;
  readonly turns: readonly IMessage[]; // calls and results before it
  readonly reason: string; // stop, length, cancelled, rounds
  readonly digest: string;
  readonly seed: number;
  readonly options: Readonly<Record<string, unknown>>;
  readonly leftOut: number; // earlier messages that did not fit
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly tokens: number;
  readonly seconds: { readonly total: number; readonly load: number; readonly prompt: number; readonly answer: number };
}

export interface ILayer {
  readonly kind: string; // model, adapter, projector, template, system, params, messages, license ...
  readonly mediaType: string;
  readonly digest: string; // sha256:...
  readonly size: number;
  readonly from: string; // the model it came from
  readonly shared: readonly string[]; // other models that hold it
  readonly name: string; // of the tensor or file it stands for
}

/** A model opened. */
export interface IDetails extends IModel {
  readonly layers: readonly ILayer[];
  readonly aliases: readonly string[];
  readonly modelfile: string;
  readonly system: string;
  readonly parametersSet: Readonly<Record<string, unknown>>; // PARAMETER lines
  readonly context: number; // what it was trained with
  readonly embedding: number; // length of a hidden state
  readonly parameterCount: number;
  readonly tensorCount: number;
  readonly notes: readonly Sentence[]; // why it does not run, or not wholly
  readonly requires: string;
}

/** Text with its parts named: plain, keyword, variable, string, number, comment, operator, instruction, error. */
export type Piece = readonly [style: string, text: string];

/** The content of a small layer. */
export interface IContent {
  readonly kind: string;
  readonly text: string; // JSON is indented
  readonly pieces: readonly Piece[]; // the same, for those layers that are highlighted (template, params); else empty
  readonly messages: readonly IMessage[]; // of a layer of messages
  readonly cut: boolean; // it is longer than a megabyte
}

export interface IPage<T> {
  readonly total: number; // that match
  readonly offset: number;
  readonly rows: readonly T[];
}

export interface IMetadata {
  readonly key: string;
  readonly type: string; // uint32, array of string ...
  readonly value: string; // text of the value; of a long array its first elements
  readonly length: number | null; // of an array; its elements come by `elements`
}

export interface ITensor {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[]; // length of a row first
  readonly size: number; // bytes
  readonly offset: number; // in the file
}

export interface IOption {
  readonly name: string;
  readonly type: 'int' | 'float' | 'bool' | 'string' | 'strings';
  readonly default: unknown;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly text: string; // one sentence
  readonly group: 'sampling' | 'length' | 'runner';
}

export interface IQuantization {
  readonly name: string;
  readonly bits: number; // per weight
  readonly recommended: boolean;
  readonly text: string;
}

/** Something is wrong at a place of a Modelfile. Lines and columns start at 0; columns count UTF-16 units. */
export interface IMark {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly severity: 'error' | 'warning';
  readonly text: string; // English
  readonly words: Sentence; // the same, for other languages
}

export interface ICompletions {
  readonly from: number; // column of the line where the completed text starts
  readonly items: readonly { readonly label: string; readonly detail: Sentence; readonly info: Sentence }[];
}

export interface ISuggestion {
  readonly name: string;
  readonly text: string; // what it is good for
  readonly size: number; // bytes to fetch, about
  readonly memory: number; // bytes to run it with 4,096 tokens, about
  readonly fits: 'yes' | 'tight' | 'no' | 'unknown'; // this machine's memory
  readonly here: boolean; // already in the store
}

export interface IEntry {
  readonly name: string;
  readonly path: string;
  readonly kind: 'folder' | 'model folder' | 'adapter folder' | 'gguf' | 'modelfile' | 'file';
  readonly size: number;
}

/** What deleting would do. */
export interface IRemoval {
  readonly names: readonly string[];
  readonly freed: number; // bytes
  readonly kept: readonly { readonly kind: string; readonly size: number; readonly heldBy: readonly string[] }[];
}

/** Everything that can be asked: arguments, result, and the events before it (`never` where it answers at once). */
export interface Verbs {
  /** Pushes of these topics from now on, the whole first. */
  watch: { args: { topics: readonly Push['topic'][] }; result: null; event: never };
  /** After a gap in `seq`. `open` are the ids of the requests that are waited for; one that the kernel does not know ends with an error. */
  resync: { args: { open: readonly number[] }; result: null; event: never };
  /** The page is about to go away. Runs go on; answers that nobody else follows are cancelled after a moment. Nothing is sent any more. */
  leave: { args: object; result: null; event: never };
  /** Ask the work of a request (`of`) or of any run (`run`) to stop. Of a `follow`, only the following ends. */
  cancel: { args: { of?: number; run?: number }; result: null; event: never };
  /** Follow a run that somebody else started; ends as it ends. */
  follow: { args: { run: number }; result: unknown; event: IEvent };
  /** A name that is being typed: in full, or what is wrong with it. */
  name: { args: { name: string }; result: { name: string; wrong: Sentence | null }; event: never };
  open: { args: { name: string }; result: IDetails; event: never };
  content: { args: { name: string; digest: string }; result: IContent; event: never };
  metadata: { args: { name: string; digest: string; search: string; offset: number; limit: number }; result: IPage<IMetadata>; event: never };
  elements: { args: { name: string; digest: string; key: string; search: string; offset: number; limit: number }; result: IPage<{ index: number; value: string }>; event: never };
  tensors: { args: { name: string; digest: string; search: string; offset: number; limit: number }; result: IPage<ITensor>; event: never };
  options: { args: object; result: readonly IOption[]; event: never };
  chat: { args: { model: string; messages: readonly IMessage[]; options: object; think?: boolean | string; system?: string; format?: unknown }; result: IAnswer; event: IEvent };
  load: { args: { name: string }; result: null; event: IEvent };
  stop: { args: { name: string }; result: null; event: never };
  quantizations: { args: object; result: readonly IQuantization[]; event: never };
  /** Without `folder` the kernel's working directory; relative paths of a Modelfile start at `folder` too. */
  files: { args: { folder?: string }; result: { folder: string; parent: string | null; entries: readonly IEntry[]; cut: boolean }; event: never };
  /** A Modelfile for what was chosen: FROM a model, a file or a folder. */
  recipe: { args: { source: string }; result: { modelfile: string }; event: never };
  check: { args: { modelfile: string; folder?: string }; result: { marks: readonly IMark[]; pieces: readonly Piece[] }; event: never };
  complete: { args: { modelfile: string; line: number; column: number; folder?: string }; result: ICompletions; event: never };
  create: { args: { name: string; modelfile: string; quantize?: string; folder?: string }; result: { name: string; digest: string }; event: IProgress };
  suggestions: { args: object; result: readonly ISuggestion[]; event: never };
  pull: { args: { name: string; insecure?: boolean }; result: { name: string; digest: string }; event: IProgress };
  push: { args: { name: string; insecure?: boolean }; result: { name: string; sent: number; url: string }; event: IProgress };
  copy: { args: { source: string; destination: string }; result: null; event: never };
  removal: { args: { names: readonly string[] }; result: IRemoval; event: never };
  delete: { args: { names: readonly string[] }; result: IRemoval; event: never };
  /** Translations for widgets, which have no translator: English text -> text. Empty for languages that are not there. */
  catalogue: { args: { language: string }; result: Readonly<Record<string, string>>; event: never };
}

export type Verb = keyof Verbs;
