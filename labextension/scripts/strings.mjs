/**
 * Finds every text that the front end translates: literals in calls of `__` and `_n`, and what the settings editor shows of the schema.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const TEXTS = new Set(['title', 'description', 'jupyter.lab.setting-icon-label']); // as `lab/settings.ts`

/** The places where a text is not a literal: it comes from the schema, or from the kernel. */
const FROM_ELSEWHERE = [join('lab', 'settings.ts'), join('views', 'sentence.ts')];

/** All texts below a folder: those with one form, those with two (one -> many), and calls whose text cannot be read. */
export function collect(root) {
  const found = { singular: new Map(), plural: new Map(), unreadable: [] };
  for (const file of files(join(root, 'src'), /\.tsx?$/)) {
    inSource(file, found);
  }
  for (const file of files(join(root, 'schema'), /\.json$/)) {
    inSchema(JSON.parse(readFileSync(file, 'utf-8')), file, found);
  }
  return found;
}

/** The translations of a language, area by area. */
export function translations(root, language) {
  return Object.fromEntries(files(join(root, 'locale', language), /\.json$/).map(file => [file, JSON.parse(readFileSync(file, 'utf-8'))]));
}

function inSource(file, found) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf-8'), ts.ScriptTarget.ESNext, true);
  const visit = node => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { text: name } = node.expression.name;
      if (name === '__') {
        take(node, 1, file, found);
      } else if (name === '_n') {
        take(node, 2, file, found);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
}

function take(call, count, file, found) {
  const texts = call.arguments.slice(0, count);
  if (texts.length === count && texts.every(ts.isStringLiteralLike)) {
    count === 1 ? found.singular.set(texts[0].text, file) : found.plural.set(texts[0].text, texts[1].text);
  } else if (!FROM_ELSEWHERE.some(name => file.endsWith(name))) {
    found.unreadable.push(`${file}: ${call.getText()}`);
  }
}

function inSchema(value, file, found) {
  for (const [key, inner] of Object.entries(value ?? {})) {
    if (TEXTS.has(key) && typeof inner === 'string') {
      found.singular.set(inner, file);
    } else if (typeof inner === 'object') {
      inSchema(inner, file, found);
    }
  }
}

function files(folder, pattern) {
  return readdirSync(folder, { recursive: true })
    .filter(name => pattern.test(name))
    .sort()
    .map(name => join(folder, name));
}
