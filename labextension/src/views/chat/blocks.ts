/**
 * Markdown cut into blocks that can be drawn one by one, so that while an answer comes only its last block is drawn again. What belongs
 * together stays together: lists, fences, formulas, HTML elements. What gets too long to be drawn at once is cut all the same.
 */

export interface IBlock {
  readonly text: string;
  readonly joins: boolean; // goes on with the code of the block before: there is no gap between them
}

/** Characters after which code, lists and paragraphs are cut at the next line, and after which anything is. */
const LONG = 4_000;
const ENDLESS = 16_000;

const FENCE = /^(\s*(?:(?:[-*+]|\d{1,9}[.)])\s+)?)(`{3,}|~{3,})(.*)$/;
const ITEM = /^(?:[-*+]|\d{1,9}[.)])(?:\s|$)/;
const HEADING = /^#{1,6}(?:\s|$)/;
const ELEMENT = /^<([a-z][a-z0-9-]*)(?=[\s/>]|$)/i;
const MATH = /^\s*(\$\$|\\\[)/;
const REFERENCE = /^ {0,3}\[([^\]\n]{1,200})\]:[ \t]*\S.*$/gm;
const USE = /\[([^\]\n]{1,200})\]/g;

/** Something that ends at a line of its own, whatever stands between. */
type Open =
  | { readonly kind: 'fence'; readonly marker: string; readonly first: string; readonly inList: boolean }
  | { readonly kind: 'math'; readonly end: string }
  | { readonly kind: 'element'; readonly end: string };

/** Cuts one growing text; what was finished is not looked at again. */
export class BlockSplitter {
  /** The blocks of the text; when `text` goes on with that of the call before, only the last of them are new. */
  split(text: string): readonly IBlock[] {
    if (!text.startsWith(this._text)) {
      this._finished = [];
      this._references.clear();
      this._start = 0;
      this._prefix = '';
    }
    this._text = text;
    this._scan();
    const rest = this._prefix + text.slice(this._start);
    this._collect(rest);
    const blocks = rest.trim() === '' ? this._finished : [...this._finished, { text: rest, joins: this._prefix !== '' }];
    return this._references.size === 0 ? blocks : blocks.map(block => this._withReferences(block));
  }

  /** Go through the complete lines behind what is finished, and finish the blocks that end there. */
  private _scan(): void {
    let open: Open | null = null;
    let inList = false;
    let blank = false;
    let at = this._start;
    if (this._prefix !== '') {
      open = openFence(this._prefix.trimEnd());
    }
    for (;;) {
      const end = this._text.indexOf('\n', at);
      if (end < 0) {
        this._cutEndless(open);
        return;
      }
      const line = this._text.slice(at, end);
      const length = at - this._start;
      if (open !== null && open.kind !== 'fence' && length > ENDLESS) {
        open = null; // was none
      }
      if (open !== null) {
        blank = false;
        if (closes(line, open)) {
          blank = open.kind === 'fence'; // nothing goes on below it
          open = null;
        } else if (open.kind === 'fence' && !open.inList && length > LONG) {
          this._finish(at, `${open.marker}\n`, `${open.first}\n`);
        }
      } else if (line.trim() === '') {
        blank = true;
      } else {
        if (length > 0 && begins(line, blank, inList, length)) {
          this._finish(at);
          inList = false;
        }
        blank = false;
        inList ||= ITEM.test(line);
        open = opened(line, inList);
      }
      at = end + 1;
    }
  }

  /** A line that does not end must not be drawn again and again. */
  private _cutEndless(open: Open | null): void {
    while (open === null && this._text.length - this._start > ENDLESS) {
      const space = this._text.lastIndexOf(' ', this._start + ENDLESS);
      this._finish(space > this._start ? space + 1 : evenPlace(this._text, this._start + ENDLESS));
    }
  }

  /** What comes before `at` is a block; `suffix` ends it and `prefix` begins the next one. */
  private _finish(at: number, suffix = '', prefix = ''): void {
    const text = this._prefix + this._text.slice(this._start, at) + suffix;
    if (text.trim() !== '') {
      this._finished.push({ text, joins: this._prefix !== '' });
      this._collect(text);
    }
    this._start = at;
    this._prefix = prefix;
  }

  private _collect(text: string): void {
    for (const [line, label] of text.matchAll(REFERENCE)) {
      if (this._references.size < 1000) {
        this._references.set(label!.toLowerCase(), line);
      }
    }
  }

  /** `[text][label]` works across blocks: the definitions that a block uses stand below it. */
  private _withReferences(block: IBlock): IBlock {
    const used = new Set<string>();
    for (const [, label] of block.text.matchAll(USE)) {
      const line = this._references.get(label!.toLowerCase());
      if (line !== undefined && !block.text.includes(line)) {
        used.add(line);
      }
    }
    return used.size === 0 ? block : { ...block, text: `${block.text.trimEnd()}\n\n${[...used].join('\n')}\n` };
  }

  private _text = '';
  private _start = 0; // of the block that may still grow
  private _prefix = ''; // stands before it: the first line of the fence that goes on
  private _finished: IBlock[] = [];
  private readonly _references = new Map<string, string>();
}

/** Whether a line outside of fences and the like is the first of a new block. */
function begins(line: string, blank: boolean, inList: boolean, length: number): boolean {
  if (inList) {
    return ITEM.test(line) ? length > LONG : /^\S/.test(line) && (blank || HEADING.test(line) || /^(?:`{3}|~{3})/.test(line));
  }
  if (/^(?: {4}|\t)/.test(line)) {
    return false;
  }
  return blank || HEADING.test(line) || FENCE.test(line) || length > 2 * LONG;
}

/** What a line opens. */
function opened(line: string, inList: boolean): Open | null {
  const fence = openFence(line, inList);
  if (fence !== null) {
    return fence;
  }
  const math = MATH.exec(line)?.[1];
  if (math !== undefined) {
    const end = math === '$$' ? '$$' : '\\]';
    return line.indexOf(end, line.indexOf(math) + 2) < 0 ? { kind: 'math', end } : null;
  }
  if (line.startsWith('<!--')) {
    return line.includes('-->') ? null : { kind: 'element', end: '-->' };
  }
  const name = ELEMENT.exec(line)?.[1];
  if (name !== undefined) {
    const end = `</${name.toLowerCase()}`;
    return VOID.has(name.toLowerCase()) || line.toLowerCase().includes(end) ? null : { kind: 'element', end };
  }
  return null;
}

const VOID = new Set(['br', 'hr', 'img', 'input', 'wbr', 'source', 'area', 'col', 'link', 'meta']);

function openFence(line: string, inList = false): Open | null {
  const found = FENCE.exec(line);
  if (found === null || (found[2]!.startsWith('`') && found[3]!.includes('`'))) {
    return null;
  }
  return { kind: 'fence', marker: found[2]!, first: line, inList: inList || found[1] !== '' };
}

function closes(line: string, open: Open): boolean {
  if (open.kind !== 'fence') {
    return line.toLowerCase().includes(open.end);
  }
  const text = line.trim();
  return text.startsWith(open.marker) && text === open.marker[0]!.repeat(text.length);
}

/** A place at or before this one that is not inside of a surrogate pair. */
function evenPlace(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}
