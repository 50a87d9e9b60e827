/**
 * HTML that fetches nothing by itself. An address can carry what was said to whoever a model was told to name, and a path can lead to this
 * very server; so pictures from elsewhere become links.
 */

const FETCHES = 'img, audio, video, source, track, [background], [style*="url("], [style*="image("]';

/** The HTML without what is fetched when it is shown; it has been sanitized before. */
export function quiet(html: string): string {
  const template = document.createElement('template'); // its content is inert
  template.innerHTML = html;
  const found = Array.from(template.content.querySelectorAll(FETCHES));
  if (found.length === 0) {
    return html;
  }
  for (const element of found) {
    element.removeAttribute('background');
    element.removeAttribute('style');
    if (element.matches('img, audio, video, source, track') && !/^data:/i.test(element.getAttribute('src') ?? '')) {
      element.replaceWith(linkTo(element));
    } else {
      element.removeAttribute('srcset');
      element.removeAttribute('poster');
    }
  }
  return template.innerHTML;
}

/** A link instead of what was to be fetched; its text alone where that is no address on the web. */
function linkTo(element: Element): Node {
  const address = element.getAttribute('src') ?? '';
  const text = element.getAttribute('alt') || address;
  if (!/^https?:/i.test(address)) {
    return document.createTextNode(text);
  }
  const link = document.createElement('a');
  link.href = address;
  link.rel = 'noopener noreferrer';
  link.target = '_blank';
  link.textContent = text;
  return link;
}
