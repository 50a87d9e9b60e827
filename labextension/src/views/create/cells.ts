/**
 * A Modelfile as cells of a notebook: `%%modelfile`, and `%ollama_create` below it.
 */

import type { ICellToInsert } from '../../host';
import type { IDraft } from './drafts';

const UNNAMED = 'my-model';

export function modelfileCells({ name, modelfile, quantize }: Pick<IDraft, 'name' | 'modelfile' | 'quantize'>): readonly ICellToInsert[] {
  const word = name.replace(/\s+/g, '') || UNNAMED; // a line break would begin a line of code
  const type = quantize.replace(/\s+/g, '');
  return [
    { type: 'code', source: `%%modelfile ${word}\n${modelfile}` },
    { type: 'code', source: `%ollama_create ${word}${type === '' ? '' : ` -q ${type}`}` }
  ];
}
