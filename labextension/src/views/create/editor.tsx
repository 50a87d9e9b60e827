/**
 * An editor of Modelfiles: a field for the text, and above it the same text with the colours and marks of the kernel. Typing, undoing and
 * input methods are the browser's own; completion is the kernel's.
 */

import { forwardRef, type KeyboardEvent, useCallback, useEffect, useId, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Client } from '../../client';
import { useHost } from '../../host';
import type { IMark } from '../../protocol';
import { visibleText } from '../parts/visible';
import { sentence } from '../sentence';
import { Checker } from './checker';
import { Completer, type IOffer } from './completer';
import { boxAt, Lines, markAt } from './lines';
import { Offer } from './offer';
import { type IReading, linesOf, markedIn, positionOf, UNREAD } from './reading';

export interface IEditorProps {
  readonly client: Client;
  readonly value: string;
  readonly onChange: (modelfile: string) => void;
  /** Where relative paths start; '': the kernel's working directory. */
  readonly folder: string;
  readonly label: string;
  readonly hint: string; // stands there while there is no text
  /** What is wrong with the text that stands there. */
  readonly onMarks: (marks: readonly IMark[]) => void;
}

export interface IEditor {
  focus(): void;
  /** Put the cursor to a line and a column, both from 0, and the focus with it. */
  reveal(line: number, column: number): void;
}

export const ModelfileText = forwardRef<IEditor, IEditorProps>(function ModelfileText({ client, value, onChange, folder, label, hint, onMarks }, ref) {
  const { trans } = useHost();
  const frame = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const drawn = useRef<HTMLDivElement>(null);
  const text = useMemo(() => value.replace(/\r\n?/g, '\n'), [value]); // as the field has it
  const reading = useReading({ client, modelfile: text, folder }, onMarks);
  const lines = useMemo(() => linesOf(reading, text), [reading, text]);
  const [offer, setOffer] = useState<IOffer | null>(null);
  const [completer] = useState(() => new Completer(setOffer));
  const [said, say] = useState(''); // to a screen reader
  const id = useId();
  useEffect(() => () => completer.close(), [completer]);

  const show = useCallback((at: number) => scrollTo(frame.current!, drawn.current!, field.current!.value, at), []);
  const select = useCallback((from: number, to: number) => {
    const element = field.current!;
    element.focus();
    element.setSelectionRange(from, to);
    show(from);
    frame.current!.scrollIntoView({ block: 'nearest' });
  }, [show]);
  const isTyping = useRef(false);
  useLayoutEffect(() => {
    if (isTyping.current) {
      isTyping.current = false;
      show(field.current!.selectionEnd);
    }
  }, [lines, show]);
  useImperativeHandle(ref, () => ({
    focus: () => field.current?.focus(),
    reveal: (line, column) => {
      const at = positionOf(text, line, column);
      select(at, at);
    }
  }));

  const typed = (event: Event): void => {
    const { value: modelfile, selectionEnd } = field.current!;
    isTyping.current = true;
    onChange(modelfile);
    if ((event as InputEvent).isComposing) {
      completer.close();
    } else {
      completer.typed({ client, modelfile, folder }, selectionEnd);
    }
  };
  const choose = (index: number): void => {
    const { from, to, items } = offer!;
    const { label } = items[index]!;
    replace(field.current!, from, to, label);
    completer.close();
    if (label.endsWith('/')) {
      completer.ask({ client, modelfile: field.current!.value, folder }, from + label.length);
    }
  };
  const toProblem = (isBack: boolean): void => {
    const marked = markedIn(reading, text);
    const at = field.current!.selectionStart;
    const found = isBack ? (marked.filter(one => one.from < at).at(-1) ?? marked.at(-1)) : (marked.find(one => one.from > at) ?? marked[0]);
    if (found !== undefined) {
      select(found.from, found.to);
      say(visibleText(sentence(found.mark.words, trans)));
    }
  };
  const isKeyOfOffer = ({ key }: KeyboardEvent): boolean => {
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      completer.move(key === 'ArrowDown' ? 1 : -1);
    } else if (key === 'Tab' || (key === 'Enter' && completer.isSettled)) {
      choose(offer!.active);
    } else if (key === 'Escape') {
      completer.close();
    } else {
      return false;
    }
    return true;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation(); // notebooks have keys of their own
    const isPlain = !event.ctrlKey && !event.altKey && !event.metaKey && !event.shiftKey;
    if (event.nativeEvent.isComposing || event.keyCode === 229) {
      return; // the keys of an input method
    }
    if (offer !== null && isPlain && isKeyOfOffer(event)) {
      event.preventDefault();
    } else if (event.key === ' ' && event.ctrlKey) {
      event.preventDefault();
      completer.ask({ client, modelfile: text, folder }, field.current!.selectionEnd);
    } else if (event.key === 'F8') {
      event.preventDefault();
      toProblem(event.shiftKey);
    } else if (event.key.length > 1 && !['Backspace', 'Delete', 'Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) {
      completer.close(); // the cursor goes elsewhere
    }
  };

  return (
    <div ref={frame} className="jo-editor">
      <div className="jo-editor-text">
        <textarea
          ref={field}
          value={text}
          dir="ltr"
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          placeholder={hint}
          aria-label={label}
          aria-invalid={reading.marks.some(mark => mark.severity === 'error')}
          aria-autocomplete="list"
          aria-controls={offer === null ? undefined : id}
          aria-activedescendant={offer === null ? undefined : `${id}-${offer.active}`}
          onChange={event => typed(event.nativeEvent)}
          onKeyDown={onKeyDown}
          onBlur={() => completer.close()}
          onMouseDown={() => completer.close()}
          onMouseMove={event => (event.currentTarget.title = markAt(drawn.current!, event.clientX, event.clientY))}
        />
        <Lines ref={drawn} lines={lines} />
      </div>
      <p className="jo-visually-hidden" role="status">
        {said}
      </p>
      {offer === null ? null : <Offer offer={offer} id={id} boxOf={() => boxAt(drawn.current!, text, Math.min(offer.from, text.length))} onChoose={choose} />}
    </div>
  );
});

/** The text as the kernel has read it last. */
function useReading({ client, modelfile, folder }: { client: Client; modelfile: string; folder: string }, onMarks: (marks: readonly IMark[]) => void): IReading {
  const [reading, setReading] = useState(UNREAD);
  const tell = useRef(onMarks);
  tell.current = onMarks;
  const [checker] = useState(
    () =>
      new Checker((checked, text) => {
        setReading({ text, ...checked });
        tell.current(checked.marks);
      })
  );
  const before = useRef<Client | null>(null);
  useEffect(() => {
    checker.look({ client, modelfile, folder }, before.current !== client);
    before.current = client;
  }, [checker, client, modelfile, folder]);
  useEffect(() => () => checker.stop(), [checker]);
  return reading;
}

/** Type over a part of the text, so that it can be undone. */
function replace(field: HTMLTextAreaElement, from: number, to: number, text: string): void {
  field.focus();
  field.setSelectionRange(from, to);
  if (document.execCommand?.('insertText', false, text) !== true) {
    field.setRangeText(text, from, to, 'end');
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

/** Scroll the frame so that a place of the text is seen. */
function scrollTo(frame: HTMLElement, lines: HTMLElement, text: string, at: number): void {
  const { top, bottom } = boxAt(lines, text, at);
  const edges = frame.getBoundingClientRect();
  frame.scrollTop += Math.max(0, bottom + 4 - edges.bottom) - Math.max(0, edges.top - top + 4);
}
