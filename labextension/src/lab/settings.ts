/**
 * The settings: read for the views, and their texts in the settings editor translated, which JupyterLab's server does not do for extensions.
 */

import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { PartialJSONObject, ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { type IPreferences, type ITexts, PREFERENCES } from '../host';
import { PLUGIN_ID } from './tokens';

/** What concerns JupyterLab and not the views. */
export interface ISettings extends IPreferences {
  readonly showWhenLoaded: boolean;
}

const TEXTS = new Set(['title', 'description', 'jupyter.lab.setting-icon-label']);

export const SETTINGS: ISettings = { ...PREFERENCES, showWhenLoaded: false };

/** Call `onChange` with the settings, now and whenever the user changes them. */
export async function followSettings(registry: ISettingRegistry, trans: ITexts, onChange: (settings: ISettings) => void): Promise<void> {
  registry.transform(PLUGIN_ID, {
    fetch: plugin => ({ ...plugin, schema: translated(plugin.schema as PartialJSONObject, trans) as typeof plugin.schema })
  });
  const settings = await registry.load(PLUGIN_ID);
  const tell = (): void => onChange(read(settings.composite));
  settings.changed.connect(tell);
  tell();
}

/** Values that are not what they should be count as not set. */
export function read(values: ReadonlyPartialJSONObject): ISettings {
  const { defaultModel, sort, enterSends, showWhenLoaded } = values;
  return {
    defaultModel: typeof defaultModel === 'string' ? defaultModel.trim() : SETTINGS.defaultModel,
    sort: sort === 'size' || sort === 'modified' ? sort : 'name',
    enterSends: typeof enterSends === 'boolean' ? enterSends : SETTINGS.enterSends,
    showWhenLoaded: typeof showWhenLoaded === 'boolean' ? showWhenLoaded : SETTINGS.showWhenLoaded
  };
}

/** A schema with its titles and descriptions in the user's language. */
export function translated(schema: PartialJSONObject, trans: ITexts): PartialJSONObject {
  const inside = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(inside) : typeof value === 'object' && value !== null ? translated(value as PartialJSONObject, trans) : value;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, TEXTS.has(key) && typeof value === 'string' ? trans.__(value) : inside(value)])
  ) as PartialJSONObject;
}
