/**
 * Light or dark where the page has no colours of JupyterLab: by what the page says of itself, by what is behind the view, by the system.
 */

export type Theme = 'jupyter' | 'light' | 'dark';

/** What VS Code, Colab, marimo and others write on the root or the body. */
const SAYS_DARK = /(^|[\s-])dark($|[\s-])/i;
const SAYS_LIGHT = /(^|[\s-])light($|[\s-])/i;
const ATTRIBUTES = ['class', 'data-theme', 'theme', 'data-color-mode', 'data-vscode-theme-kind'];

/** The theme for a view in this element; `jupyter`: the variables are there. */
export function themeOf(element: HTMLElement): Theme {
  if ([document.documentElement, document.body, element].some(place => getComputedStyle(place).getPropertyValue('--jp-layout-color1') !== '')) {
    return 'jupyter';
  }
  return said() ?? behind(element.parentNode) ?? (globalThis.matchMedia?.('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
}

/** Keep `data-theme` of an element what it should be; returns how to stop that. */
export function followTheme(element: HTMLElement): () => void {
  const look = (): void => {
    element.removeAttribute('data-theme'); // its own variables would be found
    element.dataset['theme'] = themeOf(element);
  };
  look();
  const soon = requestAnimationFrame(look); // a view may be drawn before it is in the page
  const observer = new MutationObserver(look);
  for (const place of [document.documentElement, document.body]) {
    observer.observe(place, { attributes: true, attributeFilter: ATTRIBUTES });
  }
  const system = globalThis.matchMedia?.('(prefers-color-scheme: dark)');
  system?.addEventListener('change', look);
  return () => {
    cancelAnimationFrame(soon);
    observer.disconnect();
    system?.removeEventListener('change', look);
  };
}

function said(): Theme | null {
  for (const place of [document.body, document.documentElement]) {
    const words = ATTRIBUTES.map(name => place.getAttribute(name) ?? '').join(' ');
    if (SAYS_DARK.test(words)) {
      return 'dark';
    }
    if (SAYS_LIGHT.test(words)) {
      return 'light';
    }
  }
  return null;
}

/** By the first colour behind the view, through the roots of shadows. */
function behind(node: Node | null): Theme | null {
  for (let place = node; place !== null; place = place instanceof ShadowRoot ? place.host : place.parentNode) {
    if (place instanceof Element) {
      const [red, green, blue, alpha] = (/rgba?\(([^)]*)\)/.exec(getComputedStyle(place).backgroundColor)?.[1] ?? '').split(/[\s,/]+/).map(Number);
      if (red !== undefined && green !== undefined && blue !== undefined && (alpha ?? 1) > 0.5) {
        return 0.299 * red + 0.587 * green + 0.114 * blue < 128 ? 'dark' : 'light';
      }
    }
  }
  return null;
}
