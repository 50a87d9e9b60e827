/**
 * Text that others wrote, drawn so that it is what it seems: characters that cannot be seen, that turn the direction of what follows
 * or that move a terminal's cursor show as escapes, and nothing reaches past its own element.
 */

// C0 and C1 controls, soft hyphen, marks and overrides of direction, blanks without width, separators, tags, half surrogates.
const IN_TEXT = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const IN_NAMES = new RegExp(`${IN_TEXT.source}|[\\t\\n\\u00ad\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b-\\u200d\\u3164\\uffa0]|\\udb40[\\udc00-\\udfff]`, 'g');

/** A name, a digest, a path: one line, nothing hidden in it. */
export function visibleName(text: string): string {
  return text.replace(IN_NAMES, escape);
}

/** A longer text: line ends, tabs and the joiners of emoji stay. */
export function visibleText(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(IN_TEXT, escape);
}

function escape(found: string): string {
  return [...found].map(one => `\\u{${one.codePointAt(0)!.toString(16)}}`).join('');
}

/** A name on its own line or in a sentence: isolated from the direction of the words around it. */
export function Name({ text, className = '' }: { text: string; className?: string }): JSX.Element {
  const shown = visibleName(text);
  return (
    <bdi className={`jo-name ${className}`} title={shown}>
      {shown}
    </bdi>
  );
}
