/**
 * A conversation as cells of a notebook: as `%%chat` cells that ask the same again, or as Markdown to be read.
 */

import type { ICellToInsert } from '../../host';
import type { IAsked, IReply, Turn } from './tree';
import { textOf } from './tree';

/** What does not go through the line of a magic: line breaks, and the blanks around the value of an option. */
const UNFIT = /[\r\n]|^[a-z_]+=(?:\s|.*\s$)/;

/** The answer as a Markdown cell. */
export function answerCell(reply: IReply): ICellToInsert {
  return { type: 'markdown', source: textOf(reply).trim() };
}

/** Each question as a `%%chat` cell with the seed of its answer; the first begins a new conversation. */
export function chatCells(turns: readonly Turn[]): ICellToInsert[] {
  const told = new Map<string, string>(); // variables by the text they hold
  const cells: ICellToInsert[] = [];
  for (let index = 0; index + 1 < turns.length; index++) {
    const [question, reply] = [turns[index], turns[index + 1]];
    if (question?.role === 'user' && reply?.role === 'assistant') {
      const begins = !cells.some(cell => cell.source.startsWith('%%chat '));
      const line = chatLine(reply, begins, text => variable(text, told, cells));
      cells.push({ type: 'code', source: `${line}\n${question.text}` });
    }
  }
  return cells;
}

/** Questions as quotes, answers below them. */
export function markdownCells(turns: readonly Turn[]): ICellToInsert[] {
  const cells = turns.map((turn): ICellToInsert => {
    const source = turn.role === 'user' ? turn.text.trim().replace(/^/gm, '> ') : textOf(turn).trim();
    return { type: 'markdown', source };
  });
  return cells.filter(cell => cell.source !== '');
}

/** `name` gives a text that does not fit into a line a variable. */
function chatLine(reply: IReply, begins: boolean, name: (text: string) => string): string {
  const { model, system, think, options }: IAsked = reply.asked;
  const words = ['%%chat', model, ...(begins ? ['--new'] : [])];
  if (system !== '') {
    words.push('--system', system);
  }
  if (think !== null) {
    words.push('--think', think === true ? 'yes' : think === false ? 'no' : think);
  }
  const seed = reply.answer === null ? {} : { seed: reply.answer.seed };
  for (const [option, value] of Object.entries({ ...options, ...seed })) {
    for (const one of Array.isArray(value) ? value : [value]) {
      words.push('-o', `${option}=${String(one)}`);
    }
  }
  return words.map(word => quoted(word.search(UNFIT) >= 0 ? name(word) : word)).join(' ');
}

/** `{{name}}` for the text; a code cell before says what it is. */
function variable(text: string, told: Map<string, string>, cells: ICellToInsert[]): string {
  const [, option = '', value = text] = /^([a-z_]+=)([\s\S]*)$/.exec(text) ?? [];
  let name = told.get(value);
  if (name === undefined) {
    name = `chat_text_${told.size + 1}`;
    told.set(value, name);
    cells.push({ type: 'code', source: `${name} = ${pythonText(value)}` });
  }
  return `${option}{{${name}}}`;
}

/** A word as Python's shlex reads it back. */
function quoted(word: string): string {
  return /^[\w@%+=:,./{}-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}

/** A Python literal, over several lines where the text has them. */
function pythonText(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\r', '\\r');
  return escaped.includes('\n') ? `"""\\\n${escaped}"""` : `"${escaped}"`;
}
