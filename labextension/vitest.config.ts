/**
 * Unit tests run without JupyterLab and without a browser: what they need of a page comes from jsdom.
 */

import { defineConfig } from 'vitest/config';

export default defineConfig({
  esbuild: { jsx: 'automatic' },
  test: {
    environment: 'jsdom',
    include: ['test/**/*.test.{ts,tsx}'],
    setupFiles: ['test/setup.ts'],
    pool: 'threads',
    testTimeout: 30_000, // busy machines are slow, not broken
    restoreMocks: true
  }
});
