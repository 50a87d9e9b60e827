/**
 * Builds the widgets: for each a module and a style sheet in the Python package, with Preact in the place of React.
 *
 *     node scripts/widgets.mjs
 */

import { build } from 'esbuild';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const WIDGETS = ['browser', 'chat', 'editor', 'inspector'];

const root = dirname(dirname(fileURLToPath(import.meta.url)));

await build({
  absWorkingDir: root,
  entryPoints: WIDGETS.map(name => join('src', 'widgets', `${name}.tsx`)),
  outdir: join(root, '..', 'jupyter_ollama', 'static'),
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
  define: { 'process.env.NODE_ENV': '"production"' },
  alias: {
    react: 'preact/compat',
    'react/jsx-runtime': 'preact/jsx-runtime',
    'react-dom': 'preact/compat',
    'react-dom/client': 'preact/compat/client'
  }
});
