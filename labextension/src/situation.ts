/**
 * What there is between the panel and the kernel of the notebook or console in front. Values only: `lab/` finds out, `views/` tell.
 */

import type { Client } from './client';
import type { Library } from './library';
import type { IHello } from './protocol';

export type Situation =
  | { readonly state: 'nothing' } // neither a notebook nor a console is open
  | { readonly state: 'no kernel'; readonly title: string }
  | { readonly state: 'starting'; readonly title: string }
  | { readonly state: 'language'; readonly title: string; readonly language: string } // not Python
  | { readonly state: 'connecting'; readonly title: string }
  | { readonly state: 'busy'; readonly title: string } // its first answer waits for the running cell
  | { readonly state: 'absent'; readonly title: string } // the extension is not loaded
  | { readonly state: 'loading'; readonly title: string }
  | { readonly state: 'missing'; readonly title: string; readonly executable: string } // its environment lacks the package
  | { readonly state: 'failed'; readonly title: string; readonly error: string } // loading ended in an error
  | { readonly state: 'silent'; readonly title: string } // no answer, several times
  | { readonly state: 'other version'; readonly title: string; readonly version: string; readonly older: boolean } // older: the kernel's is
  | { readonly state: 'dead'; readonly title: string }
  | { readonly state: 'lost'; readonly title: string } // the connection; JupyterLab tries again
  | { readonly state: 'ready'; readonly title: string; readonly waits: boolean }; // waits: requests wait for the running cell

export type State = Situation['state'];

/** One kernel with all that is known of it. It is replaced when the kernel restarts; `key` stays. */
export interface ISession {
  readonly key: string;
  readonly client: Client;
  readonly library: Library;
  readonly hello: IHello;
}

/** All the panel shows: the kernel in front, and every kernel that has answered, whose views are kept. */
export interface IDeskState {
  readonly situation: Situation;
  readonly front: string; // key of the session in front; '': none
  readonly sessions: readonly ISession[];
}

/** What a person can do about a situation. */
export interface IDesk {
  readonly snapshot: () => IDeskState;
  readonly subscribe: (listener: () => void) => () => void;
  load(): void; // run `%load_ext jupyter_ollama` in the kernel in front
  retry(): void; // connect again
  restart(): void; // restart the kernel in front, after asking
  openNotebook(): void;
  selectKernel(): void;
}
