import { expect, test } from 'vitest';
import { answerCell, chatCells, markdownCells } from '../../src/views/chat/cells';
import { question, reply } from './turns';

const asked = { model: 'mario:latest', system: '', think: null, options: {} };

test('each question is a %%chat cell with the seed of its answer; the first begins anew', () => {
  const turns = [question('q1', ''), reply('a1', 'q1'), question('q2', 'a1'), reply('a2', 'q2')];

  expect(chatCells(turns).map(cell => cell.source)).toEqual(['%%chat mario:latest --new -o seed=42\nq1?', '%%chat mario:latest -o seed=42\nq2?']);
});

test('what was set goes along, in quotes that shlex reads', () => {
  const set = { ...asked, system: "It's a me", think: false, options: { temperature: 0.5, stop: ['a b', 'c'] } };
  const [cell] = chatCells([question('q', ''), reply('a', 'q', { asked: set })]);

  expect(cell?.source.split('\n')[0]).toBe(
    `%%chat mario:latest --new --system 'It'"'"'s a me' --think no -o temperature=0.5 -o 'stop=a b' -o stop=c -o seed=42`
  );
});

test('texts that do not fit into the line become variables, each once', () => {
  const set = { ...asked, system: 'You are\n"Mario" \\o/', options: { stop: ['\n\n'] } };
  const turns = [question('q1', ''), reply('a1', 'q1', { asked: set }), question('q2', 'a1'), reply('a2', 'q2', { asked: set })];

  expect(chatCells(turns).map(cell => cell.source)).toEqual([
    'chat_text_1 = """\\\nYou are\n\\"Mario\\" \\\\o/"""',
    'chat_text_2 = """\\\n\n\n"""',
    '%%chat mario:latest --new --system {{chat_text_1}} -o stop={{chat_text_2}} -o seed=42\nq1?',
    '%%chat mario:latest --system {{chat_text_1}} -o stop={{chat_text_2}} -o seed=42\nq2?'
  ]);
});

test('as Markdown questions are quotes', () => {
  const cells = markdownCells([question('q', '', 'One\ntwo'), reply('a', 'q')]);

  expect(cells).toEqual([{ type: 'markdown', source: '> One\n> two' }, { type: 'markdown', source: 'a!' }]);
  expect(answerCell(reply('a', 'q'))).toEqual({ type: 'markdown', source: 'a!' });
});
