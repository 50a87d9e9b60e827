/**
 * The parameters a person sets for a conversation: what is sent, what is shown, what they type. Values only.
 */

import type { IOption } from '../../protocol';

export type Values = Readonly<Record<string, unknown>>;

/** What holds while nobody sets the option: what the model says, else what the engine does. */
export function defaultOf(option: IOption, model: Values): unknown {
  return model[option.name] ?? option.default;
}

/** Only what differs from what the model would do anyway. */
export function toSend(set: Values, options: readonly IOption[], model: Values): Record<string, unknown> {
  const known = new Map(options.map(option => [option.name, option]));
  return Object.fromEntries(
    Object.entries(set).filter(([name, value]) => {
      const option = known.get(name);
      return option === undefined || !same(value, defaultOf(option, model));
    })
  );
}

/** Set one option, or take it back with `undefined`. */
export function withValue(set: Values, name: string, value: unknown): Values {
  const { [name]: _, ...others } = set;
  return value === undefined ? others : { ...others, [name]: value };
}

export function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

/** Read what was typed: a value, `undefined` for nothing, `null` for what is no value of this option. */
export function readValue(option: IOption, text: string): unknown {
  if (text.trim() === '') {
    return undefined;
  }
  switch (option.type) {
    case 'int':
    case 'float': {
      const number = Number(text.trim().replace(',', '.'));
      const whole = option.type === 'float' || Number.isSafeInteger(number);
      const inside = number >= (option.minimum ?? -Infinity) && number <= (option.maximum ?? Infinity);
      return Number.isFinite(number) && whole && inside ? number : null;
    }
    case 'bool':
      return text === 'true' ? true : text === 'false' ? false : null;
    case 'strings': {
      const lines = text.split('\n').filter(line => line !== '');
      return lines.map(unescaped);
    }
    case 'string':
      return text;
  }
}

/** A value as it is typed: texts one in a line, with their own line breaks as `\n`. */
export function writeValue(value: unknown): string {
  if (Array.isArray(value)) {
    return value.map(one => escaped(String(one))).join('\n');
  }
  return value === null || value === undefined ? '' : String(value);
}

/** The step of a slider, or `null` where a slider would be too coarse or there is no range. */
export function sliderStep(option: IOption): number | null {
  const { minimum, maximum, type } = option;
  if (minimum === null || maximum === null) {
    return null;
  }
  if (type === 'float') {
    return maximum - minimum <= 10 ? 0.05 : null;
  }
  return type === 'int' && maximum - minimum <= 1000 ? 1 : null;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\' };

function unescaped(line: string): string {
  return line.replace(/\\([ntr\\])/g, (_, letter: string) => ESCAPES[letter]!);
}

function escaped(text: string): string {
  return text.replace(/[\n\t\r\\]/g, found => `\\${Object.keys(ESCAPES).find(letter => ESCAPES[letter] === found)}`);
}
