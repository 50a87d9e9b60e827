import { expect, test } from 'vitest';
import { modelfileCells } from '../../src/views/create/cells';
import { crumbsOf, folderOf, nameFor } from '../../src/views/create/crumbs';

test('a path is cut into the folders above it', () => {
  expect(crumbsOf('/home/ada/models')).toEqual([
    { name: '/', path: '/' },
    { name: 'home', path: '/home' },
    { name: 'ada', path: '/home/ada' },
    { name: 'models', path: '/home/ada/models' }
  ]);
  expect(crumbsOf('C:\\Users\\Ada')).toEqual([{ name: 'C:', path: 'C:\\' }, { name: 'Users', path: 'C:\\Users' }, { name: 'Ada', path: 'C:\\Users\\Ada' }]);
  expect(crumbsOf('/a\\b').at(-1)).toEqual({ name: 'a\\b', path: '/a\\b' });
  expect(folderOf('/home/ada/Modelfile')).toBe('/home/ada');
  expect(folderOf('/Modelfile')).toBe('/');
});

test('a file gives the model its name', () => {
  expect(nameFor('/x/My Model-F16.gguf')).toBe('my-model-f16');
  expect(nameFor('/x/..')).toBe('');
  expect(nameFor('/x/模型')).toBe('');
});

test('cells make the same model; a name is one word, whatever it was', () => {
  const draft = { name: 'mario', modelfile: 'FROM pocket\n', quantize: 'q8_0' };
  expect(modelfileCells(draft).map(({ source }) => source)).toEqual(['%%modelfile mario\nFROM pocket\n', '%ollama_create mario -q q8_0']);

  const [, create] = modelfileCells({ ...draft, name: 'x\nimport os', quantize: '' });

  expect(create!.source).toBe('%ollama_create ximportos');
});
