/**
 * An editor of Modelfiles: colours, completion and marks come from the kernel. A widget can use it as it is.
 */

import { acceptCompletion } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { lintGutter, nextDiagnostic, previousDiagnostic } from '@codemirror/lint';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, highlightSpecialChars, keymap, lineNumbers, placeholder, tooltips } from '@codemirror/view';
import { forwardRef, useEffect, useImperativeHandle, useRef, useState } from 'react';
import type { Client } from '../../client';
import { type IHost, useHost } from '../../host';
import type { IMark } from '../../protocol';
import { Checker } from './checker';
import { colors, completion, positionOf, shown } from './coloring';

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

export const ModelfileText = forwardRef<IEditor, IEditorProps>(function ModelfileText(props, ref) {
  const { client, value, folder, label, hint } = props;
  const frame = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const { trans } = useHost();
  const latest = useRef({ ...props, trans });
  latest.current = { ...props, trans };
  const checker = useRef<Checker | null>(null);
  const [words] = useState(() => new Compartment());

  useEffect(() => {
    const editor = new EditorView({ parent: frame.current!, state: EditorState.create({ doc: latest.current.value, extensions: [extensions(latest, words), tooltipsOf(frame.current!)] }) });
    view.current = editor;
    checker.current = new Checker((checked, modelfile) => {
      if (editor.state.doc.toString() === modelfile) {
        editor.dispatch(shown(editor.state, checked, latest.current.trans));
        latest.current.onMarks(checked.marks);
      }
    });
    return () => {
      checker.current?.stop();
      editor.destroy();
    };
  }, [words]);

  useEffect(() => {
    const editor = view.current;
    if (editor !== null && editor.state.doc.toString() !== value) {
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value }, selection: { anchor: 0 }, scrollIntoView: true });
    }
  }, [value]);

  useEffect(() => {
    const texts = [EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false' }), placeholder(hint)];
    view.current?.dispatch({ effects: words.reconfigure(texts) });
  }, [label, hint, words]);

  const before = useRef<Client | null>(null);
  useEffect(() => {
    checker.current?.look({ client, modelfile: view.current?.state.doc.toString() ?? value, folder }, before.current !== client);
    before.current = client;
  }, [client, value, folder]);

  useImperativeHandle(ref, () => ({
    focus: () => view.current?.focus(),
    reveal: (line, column) => {
      const editor = view.current;
      if (editor !== null) {
        editor.dispatch({ selection: { anchor: positionOf(editor.state.doc, line, column) }, scrollIntoView: true });
        editor.focus();
      }
    }
  }));

  return <div ref={frame} className="jo-editor" onKeyDown={event => event.stopPropagation()} />;
});

/** `words`: what depends on the language. */
function extensions(latest: { readonly current: IEditorProps & Pick<IHost, 'trans'> }, words: Compartment): Extension {
  return [
    words.of([]),
    lineNumbers(),
    lintGutter(),
    history(),
    drawSelection(),
    highlightSpecialChars(),
    EditorView.lineWrapping,
    colors,
    completion(() => latest.current),
    theme,
    keymap.of([
      { key: 'Tab', run: acceptCompletion }, // without an offer, Tab leaves the editor
      { key: 'F8', run: nextDiagnostic, shift: previousDiagnostic },
      ...historyKeymap,
      ...defaultKeymap
    ]),
    EditorView.updateListener.of(update => {
      if (update.docChanged) {
        latest.current.onChange(update.state.doc.toString());
      }
    })
  ];
}

/** What floats is a child of the page, for the panel clips its own children; but it stays where the styles and the colours are. */
function tooltipsOf(frame: HTMLElement): Extension {
  const own = frame.closest<HTMLElement>('.jo-widget:not([data-theme="jupyter"])');
  return tooltips(frame.getRootNode() instanceof ShadowRoot ? {} : { parent: own ?? document.body });
}

/** Of what floats beside the editor; all else is in style/create.css. */
const theme = EditorView.theme({
  '.cm-tooltip': {
    backgroundColor: 'var(--jp-layout-color1, white)',
    border: '1px solid var(--jp-border-color1, #bdbdbd)',
    boxShadow: 'var(--jp-elevation-z6, 0 4px 12px rgb(0 0 0 / 30%))',
    color: 'var(--jp-ui-font-color1, black)',
    fontFamily: 'var(--jp-ui-font-family, sans-serif)',
    fontSize: 'var(--jp-ui-font-size1, 13px)',
    maxWidth: 'min(420px, 90vw)',
    overflowWrap: 'anywhere',
    zIndex: '10000'
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--jp-code-font-family, monospace)', maxWidth: 'min(420px, 90vw)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '2px 6px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    background: 'var(--jp-brand-color1, #1976d2)',
    color: 'var(--jp-ui-inverse-font-color0, white)'
  },
  '.cm-completionDetail': { fontStyle: 'normal', opacity: '0.8' },
  '.cm-completionMatchedText': { fontWeight: '600', textDecoration: 'none' }
});
