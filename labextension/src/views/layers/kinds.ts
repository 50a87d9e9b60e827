/**
 * The kinds of layers: what they are called, their pictures, and which view opens them.
 */

import type { ITexts } from '../../host';
import { visibleName } from '../parts/visible';

/** What a layer holds, in the user's language. */
export function kindName(trans: ITexts, kind: string): string {
  switch (kind) {
    case 'model':
      return trans.__('Weights');
    case 'adapter':
      return trans.__('Adapter');
    case 'projector':
      return trans.__('Projector');
    case 'tensor':
      return trans.__('Tensor');
    case 'template':
      return trans.__('Template');
    case 'system':
      return trans.__('System prompt');
    case 'params':
      return trans.__('Parameters');
    case 'messages':
      return trans.__('Messages');
    case 'license':
      return trans.__('License');
    case 'config':
      return trans.__('Configuration');
    default:
      return visibleName(kind);
  }
}

/** GGUF files: they have metadata and tensors. Everything else is text. */
export function isWeights(kind: string): boolean {
  return kind === 'model' || kind === 'adapter' || kind === 'projector';
}
