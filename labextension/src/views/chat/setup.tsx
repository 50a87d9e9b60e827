/**
 * What a conversation is set up with: system text, thinking, parameters.
 */

import { useId, useState } from 'react';
import { useHost, type ITexts } from '../../host';
import type { IDetails, IOption } from '../../protocol';
import { Button, IconButton } from '../parts/button';
import { visibleText } from '../parts/visible';
import { phrase } from '../sentence';
import type { ISettings } from './conversation';
import { defaultOf, readValue, same, sliderStep, withValue, writeValue, type Values } from './parameters';

const LEVELS = ['low', 'medium', 'high', 'max'] as const;
const GROUPS = ['sampling', 'length', 'runner'] as const;

export interface ISetupProps {
  readonly settings: ISettings;
  readonly details: IDetails | null;
  readonly options: readonly IOption[];
  readonly configure: (change: Partial<ISettings>) => void;
}

export function Setup({ settings, details, options, configure }: ISetupProps): JSX.Element {
  const { trans } = useHost();
  const model = details?.parametersSet ?? {};
  const setOption = (name: string, value: unknown): void => configure({ options: withValue(settings.options, name, value) });
  return (
    <section className="jo-setup" aria-label={trans.__('Settings of the conversation')}>
      <label>
        <span>{trans.__('System text')}</span>
        <textarea
          className="jo-field"
          rows={3}
          dir="auto"
          value={settings.system}
          placeholder={visibleText(details?.system ?? '') || trans.__('What the model should be and do')}
          onChange={event => configure({ system: event.currentTarget.value })}
        />
      </label>
      {details?.capabilities.includes('thinking') ? <Thinking value={settings.think} onChange={think => configure({ think })} /> : null}
      {GROUPS.map(group => (
        <Group
          key={group}
          title={groupTitle(group, trans)}
          options={options.filter(option => option.group === group)}
          set={settings.options}
          model={model}
          onChange={setOption}
          isOpen={group === 'sampling'}
        />
      ))}
      {Object.keys(settings.options).length === 0 ? null : (
        <Button icon="refresh" onClick={() => configure({ options: {} })}>
          {trans.__('Reset all parameters')}
        </Button>
      )}
    </section>
  );
}

function groupTitle(group: (typeof GROUPS)[number], trans: ITexts): string {
  switch (group) {
    case 'sampling':
      return trans.__('How words are chosen');
    case 'length':
      return trans.__('Length and end');
    case 'runner':
      return trans.__('How the model is run');
  }
}

function Thinking({ value, onChange }: { value: ISettings['think']; onChange: (think: ISettings['think']) => void }): JSX.Element {
  const { trans } = useHost();
  const levels: Record<(typeof LEVELS)[number], string> = {
    low: trans.__('A little'), medium: trans.__('Some'), high: trans.__('A lot'), max: trans.__('As much as it can')
  };
  const read = (text: string): ISettings['think'] => (text === '' ? null : text === 'true' ? true : text === 'false' ? false : text);
  return (
    <label className="jo-chat-row">
      <span>{trans.__('Thinking')}</span>
      <select className="jo-select" value={value === null ? '' : String(value)} onChange={event => onChange(read(event.currentTarget.value))}>
        <option value="">{trans.__('As the model does')}</option>
        <option value="true">{trans.__('On')}</option>
        <option value="false">{trans.__('Off')}</option>
        {LEVELS.map(level => (
          <option key={level} value={level}>
            {levels[level]}
          </option>
        ))}
      </select>
    </label>
  );
}

interface IGroupProps {
  readonly title: string;
  readonly options: readonly IOption[];
  readonly set: Values;
  readonly model: Values;
  readonly onChange: (name: string, value: unknown) => void;
  readonly isOpen: boolean;
}

function Group({ title, options, set, model, onChange, isOpen }: IGroupProps): JSX.Element | null {
  const changed = options.filter(option => set[option.name] !== undefined).length;
  if (options.length === 0) {
    return null;
  }
  return (
    <details open={isOpen}>
      <summary>
        {title}
        {changed === 0 ? null : <span className="jo-chat-count">{changed}</span>}
      </summary>
      {options.map(option => (
        <Parameter
          key={option.name}
          option={option}
          value={set[option.name]}
          preset={defaultOf(option, model)}
          onChange={value => onChange(option.name, same(value, defaultOf(option, model)) ? undefined : value)}
        />
      ))}
    </details>
  );
}

interface IParameterProps {
  readonly option: IOption;
  readonly value: unknown; // undefined: not set
  readonly preset: unknown; // what holds then
  readonly onChange: (value: unknown) => void;
}

function Parameter({ option, value, preset, onChange }: IParameterProps): JSX.Element {
  const { trans } = useHost();
  const id = useId();
  const step = sliderStep(option);
  const shown = Number(value ?? preset ?? option.minimum ?? 0);
  return (
    <div className="jo-parameter" data-set={value === undefined ? undefined : ''} title={visibleText(phrase(option.text, trans))}>
      <label htmlFor={id}>{option.name}</label>
      {step === null ? null : (
        <input
          type="range"
          tabIndex={-1}
          aria-hidden="true"
          min={option.minimum!}
          max={option.maximum!}
          step={step}
          value={shown}
          onChange={event => onChange(Number(event.currentTarget.value))}
        />
      )}
      <Value id={id} option={option} value={value} preset={preset} onChange={onChange} />
      {value === undefined ? null : <IconButton icon="refresh" label={trans.__('Reset %1', option.name)} onClick={() => onChange(undefined)} />}
    </div>
  );
}

/** The field of one parameter; what is typed counts as soon as it is a value. */
function Value({ id, option, value, preset, onChange }: IParameterProps & { id: string }): JSX.Element {
  const { trans } = useHost();
  const [typed, setTyped] = useState<string | null>(null);
  const type = (text: string): void => {
    setTyped(text);
    const read = readValue(option, text);
    if (read !== null) {
      onChange(read);
    }
  };
  const text = typed ?? writeValue(value);
  const common = { id, className: 'jo-field', title: visibleText(phrase(option.text, trans)), 'aria-invalid': typed !== null && readValue(option, typed) === null };
  if (option.type === 'bool') {
    return (
      <select {...common} value={value === undefined ? '' : String(value)} onChange={event => onChange(readValue(option, event.currentTarget.value))}>
        <option value="">{presetText(preset, trans)}</option>
        <option value="true">{trans.__('On')}</option>
        <option value="false">{trans.__('Off')}</option>
      </select>
    );
  }
  const placeholder = preset === null || preset === undefined ? trans.__('default') : writeValue(preset);
  const events = { onChange: (event: { currentTarget: { value: string } }) => type(event.currentTarget.value), onBlur: () => setTyped(null) };
  return option.type === 'strings' ? (
    <textarea {...common} {...events} rows={2} value={text} placeholder={preset ? placeholder : trans.__('one in a line; \\n is a line break')} />
  ) : (
    <input {...common} {...events} type="text" inputMode={option.type === 'string' ? 'text' : 'decimal'} value={text} placeholder={placeholder} />
  );
}

function presetText(preset: unknown, trans: ITexts): string {
  return preset === true ? trans.__('default (on)') : preset === false ? trans.__('default (off)') : trans.__('default');
}
