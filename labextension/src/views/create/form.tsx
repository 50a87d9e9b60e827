/**
 * Making a model: its name, what it starts from, its Modelfile, how it is quantized, and the work itself. For the panel and for a widget.
 */

import { useCallback, useRef, useState } from 'react';
import { asFault, type Client } from '../../client';
import { useHost } from '../../host';
import { type Library, useLibrary } from '../../library';
import type { IFault, IMark } from '../../protocol';
import { JobCard, useJobs } from '../jobs/joblist';
import { isGoing } from '../jobs/jobs';
import { fullName } from '../models/rows';
import { Button, IconButton } from '../parts/button';
import { FaultNote } from '../parts/fault';
import { NameInput, useNamed } from '../parts/name';
import { visibleName } from '../parts/visible';
import { modelfileCells } from './cells';
import { nameFor } from './crumbs';
import type { IDraft } from './drafts';
import { type IEditor, ModelfileText } from './editor';
import { Problems } from './problems';
import { QuantizeField } from './quantize';
import { type IStart, StartField } from './start';

export interface IModelfileFormProps {
  readonly client: Client;
  readonly library: Library;
  readonly draft: IDraft;
  readonly onDraft: (draft: IDraft) => void;
  /** The draft that was there before another took its place; null: nothing to go back to. */
  readonly before: IDraft | null;
  readonly onReplace: (draft: IDraft | null) => void; // null: back to the one before
  readonly onChat: ((name: string) => void) | null;
  readonly onOpen: ((name: string) => void) | null;
}

export function ModelfileForm({ client, library, draft, onDraft, before, onReplace, onChat, onOpen }: IModelfileFormProps): JSX.Element {
  const { trans, insertCells } = useHost();
  const { models } = useLibrary(library);
  const [jobs, all] = useJobs('create', client, library);
  const [marks, setMarks] = useState<readonly IMark[]>([]);
  const [fault, setFault] = useState<IFault | null>(null); // of what was chosen to start from
  const editor = useRef<IEditor>(null);
  const reveal = useCallback((line: number, column: number) => editor.current?.reveal(line, column), []);
  const { name, modelfile, quantize, folder } = draft;
  const typed = name.trim();
  const busy = all.some(job => isGoing(job) && fullName(job.name) === fullName(typed));
  const named = useNamed(client, models, typed);
  const obstacle =
    typed === '' ? trans.__('It needs a name.') : named.wrong !== '' ? trans.__('Its name cannot be used.') : modelfile.trim() === '' ? trans.__('It needs a Modelfile.') : '';

  const start = async (from: IStart | null): Promise<void> => {
    setFault(null);
    if (from === null) {
      onReplace({ ...draft, modelfile: '', folder: '' });
      editor.current?.focus();
      return;
    }
    try {
      const found = await client.request('recipe', { source: from.source });
      onReplace({ ...draft, modelfile: found.modelfile, folder: from.folder, name: typed === '' && from.isFile ? nameFor(from.source) : name });
    } catch (error) {
      setFault(asFault(error));
    }
  };
  const create = (): void => {
    const args = { name: typed, modelfile, ...(quantize === '' ? {} : { quantize }), ...(folder === '' ? {} : { folder }) };
    void jobs.start(typed, onEvent => client.stream('create', args, onEvent));
  };

  return (
    <form
      className="jo-create"
      aria-label={trans.__('Create a model')}
      onSubmit={event => {
        event.preventDefault();
        create();
      }}
    >
      <div className="jo-form-row">
        <NameInput
          label={trans.__('Name')}
          value={name}
          placeholder="mario"
          onChange={value => onDraft({ ...draft, name: value })}
          named={named}
          takenText={taken => trans.__('%1 is there already: it will be replaced.', taken)}
        />
      </div>
      <StartField client={client} models={models} onStart={from => void start(from)} />
      {fault === null ? null : <FaultNote fault={fault} onClose={() => setFault(null)} />}
      {before === null ? null : (
        <p className="jo-undo" role="status">
          {trans.__('The text that stood here was replaced.')}
          <Button onClick={() => onReplace(null)}>{trans.__('Undo')}</Button>
        </p>
      )}
      <ModelfileText
        ref={editor}
        client={client}
        value={modelfile}
        onChange={text => onDraft({ ...draft, modelfile: text })}
        folder={folder}
        label={trans.__('Modelfile')}
        hint={'FROM llama3.2\nSYSTEM You are Mario from Super Mario Bros.\nPARAMETER temperature 0.2'}
        onMarks={setMarks}
      />
      <Problems marks={marks} onReveal={reveal} />
      {folder === '' ? null : (
        <p className="jo-create-folder jo-hint">
          <span>{trans.__('Relative paths start at %1', visibleName(folder))}</span>
          <IconButton icon="close" label={trans.__('Let relative paths start at the working directory')} onClick={() => onDraft({ ...draft, folder: '' })} />
        </p>
      )}
      <QuantizeField client={client} value={quantize} onChange={value => onDraft({ ...draft, quantize: value })} />
      <div className="jo-buttons">
        <Button kind="main" submit icon="plus" disabled={busy || obstacle !== ''}>
          {trans.__('Create')}
        </Button>
        {insertCells === null ? null : (
          <Button icon="insert" disabled={modelfile.trim() === ''} onClick={() => insertCells(modelfileCells({ ...draft, name: typed }))}>
            {trans.__('Insert as %1 cell', '%%modelfile')}
          </Button>
        )}
      </div>
      <p className="jo-hint jo-obstacle">{obstacle}</p>
      {[...all].reverse().map(job => (
        <JobCard
          key={job.id}
          job={job}
          jobs={jobs}
          title={trans.__('Creating %1', visibleName(job.name))}
          cancelled={trans.__('Cancelled: nothing was changed.')}
          onChat={onChat}
          onOpen={onOpen}
          more={<Place fault={job.fault} onReveal={reveal} />}
        />
      ))}
    </form>
  );
}

/** The way to the line that an error names. */
function Place({ fault, onReveal }: { fault: IFault | null; onReveal: (line: number, column: number) => void }): JSX.Element | null {
  const { trans } = useHost();
  const [line, column] = [fault?.facts['line'], fault?.facts['column']];
  return typeof line !== 'number' || line < 1 ? null : (
    <div className="jo-buttons">
      <Button icon="edit" onClick={() => onReveal(line - 1, typeof column === 'number' ? column - 1 : 0)}>
        {trans.__('Go to line %1', line)}
      </Button>
    </div>
  );
}
