/**
 * What of an answer is drawn: what JupyterLab's sanitizer lets through, without what the page would fetch by itself.
 */

import type { IRenderMime } from '@jupyterlab/rendermime';
import { quiet } from '../quiet';

export class AnswerSanitizer implements IRenderMime.ISanitizer {
  constructor(private readonly _base: IRenderMime.ISanitizer) {}

  sanitize(dirty: string, options?: IRenderMime.ISanitizerOptions): string {
    return quiet(this._base.sanitize(dirty, options));
  }

  readonly allowNamedProperties = false;

  getAutolink(): boolean {
    return this._base.getAutolink?.() ?? true;
  }
}
