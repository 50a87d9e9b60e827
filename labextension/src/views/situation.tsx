/**
 * What stands between the panel and a kernel, in a sentence, and what to do about it.
 */

import type { ReactNode } from 'react';
import { type ITexts, useHost } from '../host';
import type { IDesk, Situation } from '../situation';
import { Button } from './parts/button';
import { CopyButton } from './parts/copy';
import { visibleName, visibleText } from './parts/visible';

interface INote {
  readonly title: string;
  readonly text?: ReactNode;
  readonly action?: { readonly label: string; readonly run: () => void };
  readonly code?: string; // to be typed into a cell
  readonly detail?: string; // of an error
  readonly busy?: boolean; // something goes on
}

export function SituationNote({ situation, desk }: { situation: Situation; desk: IDesk }): JSX.Element {
  const { trans } = useHost();
  if (situation.state === 'ready') {
    return (
      <div className="jo-waits" role="status" data-state="ready" data-waits={situation.waits}>
        {situation.waits ? trans.__('A cell is running. This kernel answers when it is done; the lists are the last known.') : null}
      </div>
    );
  }
  const { title, text, action, code, detail, busy } = noteOf(situation, desk, trans);
  return (
    <div className="jo-situation" role="status" data-state={situation.state}>
      <h2 data-busy={busy}>{title}</h2>
      {text === undefined ? null : <p>{text}</p>}
      {code === undefined ? null : <Code text={code} />}
      {detail === undefined ? null : <pre className="jo-detail">{visibleText(detail)}</pre>}
      {action === undefined ? null : (
        <Button kind="main" onClick={action.run}>
          {action.label}
        </Button>
      )}
      {'title' in situation ? (
        <p className="jo-whose">
          <bdi>{visibleName(situation.title)}</bdi>
        </p>
      ) : null}
    </div>
  );
}

/** A line for a cell, with a button that copies it. */
function Code({ text }: { text: string }): JSX.Element {
  const { trans } = useHost();
  return (
    <div className="jo-code">
      <code>{text}</code>
      <CopyButton text={() => text} label={trans.__('Copy')} />
    </div>
  );
}

function noteOf(situation: Exclude<Situation, { state: 'ready' }>, desk: IDesk, trans: ITexts): INote {
  switch (situation.state) {
    case 'nothing':
      return {
        title: trans.__('No notebook is open'),
        text: trans.__('The models live beside a kernel. Open a notebook or a console, and they appear here.'),
        action: { label: trans.__('New notebook'), run: () => desk.openNotebook() }
      };
    case 'no kernel':
      return {
        title: trans.__('No kernel'),
        text: trans.__('This document has no kernel to run models in.'),
        action: { label: trans.__('Choose a kernel'), run: () => desk.selectKernel() }
      };
    case 'starting':
      return { title: trans.__('The kernel is starting…'), busy: true };
    case 'connecting':
      return { title: trans.__('Connecting…'), busy: true };
    case 'loading':
      return { title: trans.__('Loading…'), text: trans.__('The extension is being loaded in the kernel.'), busy: true };
    case 'language':
      return {
        title: trans.__('Not a Python kernel'),
        text: trans.__('This kernel speaks %1; jupyter_ollama needs Python.', visibleName(situation.language)),
        action: { label: trans.__('Choose a kernel'), run: () => desk.selectKernel() }
      };
    case 'busy':
      return {
        title: trans.__('The kernel is busy'),
        text: trans.__('A cell is running. The models appear as soon as it is done.'),
        busy: true
      };
    case 'absent':
      return {
        title: trans.__('Not loaded in this kernel'),
        text: trans.__('Load the extension to see the models, open them and talk to them.'),
        action: { label: trans.__('Load'), run: () => desk.load() },
        code: '%load_ext jupyter_ollama'
      };
    case 'missing':
      return {
        title: trans.__('Not installed for this kernel'),
        text: trans.__("This kernel's Python (%1) has no jupyter_ollama: its environment is not JupyterLab's. Run this in a cell, then load it:", visibleName(situation.executable)),
        action: { label: trans.__('Load'), run: () => desk.load() },
        code: '%pip install jupyter-ollama'
      };
    case 'failed':
      return {
        title: trans.__('It could not be loaded'),
        text: trans.__('The kernel said:'),
        detail: situation.error,
        action: { label: trans.__('Try again'), run: () => desk.load() }
      };
    case 'silent':
      return {
        title: trans.__('No answer'),
        text: trans.__('The kernel did not answer, several times. If a cell is running, wait for it; otherwise restart the kernel.'),
        action: { label: trans.__('Try again'), run: () => desk.retry() }
      };
    case 'other version':
      return {
        title: trans.__('Another version'),
        text: situation.older
          ? trans.__('The kernel has jupyter_ollama %1, which is too old for this panel. Run this in a cell, then restart the kernel:', visibleName(situation.version))
          : trans.__("The kernel has jupyter_ollama %1, which is too new for this panel. Upgrade it in JupyterLab's environment, then load this page again.", situation.version),
        ...(situation.older ? { code: '%pip install --upgrade jupyter-ollama' } : {}),
        action: { label: trans.__('Restart the kernel'), run: () => desk.restart() }
      };
    case 'dead':
      return {
        title: trans.__('The kernel has died'),
        text: trans.__('Models and their files are not harmed. Restart the kernel to go on.'),
        action: { label: trans.__('Restart the kernel'), run: () => desk.restart() }
      };
    case 'lost':
      return {
        title: trans.__('The connection is lost'),
        text: trans.__('JupyterLab cannot reach the kernel and tries again.'),
        action: { label: trans.__('Try again'), run: () => desk.retry() },
        busy: true
      };
  }
}
