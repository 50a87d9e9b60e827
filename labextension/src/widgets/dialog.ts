/**
 * A question before something is lost. Escape and the first button are no; the focus starts there and goes back to where it was.
 */

/** Ask above `root`, where its style reaches; resolves to whether the user agreed. */
export function confirm(root: HTMLElement, texts: { title: string; text: string; action: string; cancel: string }): Promise<boolean> {
  return new Promise(resolve => {
    const dialog = document.createElement('dialog');
    dialog.className = 'jo-dialog';
    const title = document.createElement('h2');
    title.textContent = texts.title;
    const text = document.createElement('p');
    text.className = 'jo-question';
    text.textContent = texts.text;
    const buttons = document.createElement('div');
    buttons.append(button(texts.cancel, 'plain', () => dialog.close('')), button(texts.action, 'danger', () => dialog.close('yes')));
    dialog.setAttribute('aria-label', texts.title);
    dialog.append(title, text, buttons);
    dialog.addEventListener('keydown', event => event.stopPropagation()); // notebooks have keys of their own
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    root.append(dialog);
    dialog.showModal();
  });
}

function button(text: string, kind: string, onClick: () => void): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = 'jo-button';
  made.dataset['kind'] = kind;
  made.textContent = text;
  made.addEventListener('click', onClick);
  return made;
}
