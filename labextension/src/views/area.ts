/**
 * What every area of the panel is given. An area stays mounted while another one is shown and while its kernel restarts: `client` and
 * `library` are then replaced. `place` is the last place that lies in this area; a new object is a new visit.
 */

import type { Client } from '../client';
import type { Library } from '../library';
import type { Place, Tab } from '../navigation';

export interface IAreaProps<T extends Tab> {
  readonly client: Client;
  readonly library: Library;
  readonly kernel: string; // who it is, across restarts and reloads of the page; '': what is kept of it does not outlive the view
  readonly place: Extract<Place, { tab: T }>;
  readonly go: (place: Place) => void;
  readonly shown: boolean;
}
