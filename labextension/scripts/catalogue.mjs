/**
 * Writes the catalogue that JupyterLab reads: the translations of all areas in one file of the Python package.
 *
 *     node scripts/catalogue.mjs
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { collect, translations } from './strings.mjs';

const DOMAIN = 'jupyter_ollama';
const LANGUAGE = 'zh_CN';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf-8'));
const { plural } = collect(root);

const catalogue = { '': { domain: DOMAIN, language: LANGUAGE.replace('_', '-'), plural_forms: 'nplurals=1; plural=0;', version } };
for (const texts of Object.values(translations(root, LANGUAGE))) {
  for (const [english, translated] of Object.entries(texts)) {
    // JupyterLab takes a text for a plural only if it has more than one form, whatever the language has
    catalogue[english] = plural.has(english) ? [translated, translated] : [translated];
  }
}

const file = join(root, '..', DOMAIN, 'locale', LANGUAGE, 'LC_MESSAGES', `${DOMAIN}.json`);
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify(catalogue, null, 1)}\n`);
