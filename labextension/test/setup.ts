/**
 * What jsdom lacks of a page, and a clean page after each test.
 */

import { cleanup } from '@testing-library/react';
import '@testing-library/jest-dom/vitest';
import { afterEach } from 'vitest';

class NoResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
globalThis.ResizeObserver ??= NoResizeObserver;
Element.prototype.scrollIntoView ??= () => {};
Range.prototype.getClientRects ??= () => [] as unknown as DOMRectList; // the editor looks where its text is
HTMLCanvasElement.prototype.getContext = () => null; // axe asks for it

afterEach(cleanup);
