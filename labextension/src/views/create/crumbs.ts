/**
 * Paths of the kernel's machine, which may be another one than the browser's: with slashes, or backslashes after a drive.
 */

export interface ICrumb {
  readonly name: string;
  readonly path: string;
}

/** A path and all folders above it, the top first. */
export function crumbsOf(path: string): readonly ICrumb[] {
  const [, drive = '', share = ''] = /^([A-Za-z]:)?[\\/]|^([\\/]{2}[^\\/]+[\\/][^\\/]+)/.exec(path) ?? [];
  const separator = drive !== '' || path.startsWith('\\\\') ? '\\' : '/';
  const top = share !== '' ? share : drive;
  const crumbs: ICrumb[] = [{ name: top === '' ? '/' : top, path: top + separator }];
  const parts = path.slice(top.length).split(separator === '\\' ? /[\\/]/ : '/');
  let at = top;
  for (const part of parts.filter(one => one !== '')) {
    at += separator + part;
    crumbs.push({ name: part, path: at });
  }
  return crumbs;
}

/** The folder that a path lies in. */
export function folderOf(path: string): string {
  return crumbsOf(path).at(-2)?.path ?? path;
}

/** A name for a model made of a file or folder: `My Model-F16.gguf` -> `my-model-f16`; empty when nothing of it can be a name. */
export function nameFor(path: string): string {
  const last = crumbsOf(path).at(-1)?.name ?? '';
  return last
    .replace(/\.(gguf|modelfile|txt)$/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
    .slice(0, 80);
}
