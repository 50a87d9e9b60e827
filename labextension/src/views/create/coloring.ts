/**
 * The kernel's reading of a Modelfile in CodeMirror's terms: colours, what is wrong, and what could be typed.
 */

import { autocompletion, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { type Diagnostic, setDiagnostics } from '@codemirror/lint';
import { type EditorState, type Extension, type Range, StateEffect, StateField, type Text, type TransactionSpec } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view';
import type { Client } from '../../client';
import type { ITexts } from '../../host';
import type { ICompletions, IMark, Piece } from '../../protocol';
import { visibleName, visibleText } from '../parts/visible';
import { sentence } from '../sentence';
import type { Checked } from './checker';

const STYLES = ['keyword', 'variable', 'string', 'number', 'comment', 'operator', 'instruction', 'error'] as const;
const DECORATIONS = new Map<string, Decoration>(STYLES.map(style => [style, Decoration.mark({ attributes: { 'data-style': style }, inclusive: true })]));

const recolor = StateEffect.define<DecorationSet>();

/** Colours go along with the text that is typed, until the kernel has read it again. */
export const colors = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (held, transaction) => transaction.effects.reduce((set, effect) => (effect.is(recolor) ? effect.value : set), held.map(transaction.changes)),
  provide: field => EditorView.decorations.from(field)
});

/** Show what the kernel found in the text that stands there. */
export function shown(state: EditorState, { marks, pieces }: Checked, trans: ITexts): TransactionSpec {
  const diagnostics = marks.map(mark => diagnosticOf(state.doc, mark, trans));
  const spec = setDiagnostics(state, diagnostics);
  return { ...spec, effects: [spec.effects ?? [], recolor.of(colored(pieces, state.doc.length))].flat() as StateEffect<unknown>[] };
}

function colored(pieces: readonly Piece[], length: number): DecorationSet {
  const ranges: Range<Decoration>[] = [];
  let at = 0;
  for (const [style, text] of pieces) {
    const decoration = DECORATIONS.get(style);
    if (decoration !== undefined && text.length > 0) {
      ranges.push(decoration.range(at, at + text.length));
    }
    at += text.length;
  }
  return at === length ? Decoration.set(ranges) : Decoration.none; // of another text
}

function diagnosticOf(doc: Text, mark: IMark, trans: ITexts): Diagnostic {
  const from = positionOf(doc, mark.line, mark.column);
  return { from, to: Math.max(from, positionOf(doc, mark.endLine, mark.endColumn)), severity: mark.severity, message: visibleText(sentence(mark.words, trans)) };
}

/** The place of a line and a column, both from 0; what lies outside is brought inside. */
export function positionOf(doc: Text, line: number, column: number): number {
  const { from, length } = doc.line(Math.min(doc.lines, Math.max(1, line + 1)));
  return from + Math.min(length, Math.max(0, column));
}

/** Completion by the kernel. `asked` tells who is asked, and where paths start. */
export function completion(asked: () => { client: Client; folder: string; trans: ITexts }): Extension {
  const source = async (context: CompletionContext): Promise<CompletionResult | null> => {
    const line = context.state.doc.lineAt(context.pos);
    const column = context.pos - line.from;
    if (!context.explicit && !/[^\s"]$/.test(line.text.slice(0, column))) {
      return null; // an empty word is only completed when one asks
    }
    const { client, folder, trans } = asked();
    const args = { modelfile: context.state.doc.toString(), line: line.number - 1, column };
    try {
      const { from, items } = await client.request('complete', folder === '' ? args : { ...args, folder });
      const typed = line.text.slice(from, column);
      const done = items.length === 1 && items[0]?.label === typed; // nothing more to say
      return context.aborted || items.length === 0 || done ? null : { from: line.from + from, options: items.map(item => optionOf(item, trans)), filter: false, update: narrowed };
    } catch {
      return null; // the kernel is gone
    }
  };
  return autocompletion({ override: [source], icons: false, activateOnCompletion: chosen => chosen.label.endsWith('/'), maxRenderedOptions: 50 });
}

/** What is left of an offer while one types on; null: the kernel is asked again. */
export function narrowed(offer: CompletionResult, from: number, to: number, context: CompletionContext): CompletionResult | null {
  const typed = context.state.sliceDoc(from, to).toLowerCase();
  const options = offer.options.filter(({ label }) => label.toLowerCase().startsWith(typed));
  return options.length === 0 || options.some(({ label }) => label.toLowerCase() === typed) ? null : { ...offer, options };
}

function optionOf({ label, detail, info }: ICompletions['items'][number], trans: ITexts): Completion {
  const about = sentence(info, trans);
  return { label, displayLabel: visibleName(label), detail: visibleName(sentence(detail, trans)), ...(about === '' ? {} : { info: visibleText(about) }) };
}
