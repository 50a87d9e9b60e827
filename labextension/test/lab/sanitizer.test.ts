import { expect, test } from 'vitest';
import { AnswerSanitizer } from '../../src/lab/sanitizer';
import { quiet } from '../../src/quiet';

test.each([
  ['pictures from elsewhere become links', '<p>a <img src="https://e.org/?q=secret" alt="cat" srcset="https://e.org/2 2x"></p>', '<p>a <a href="https://e.org/?q=secret" rel="noopener noreferrer" target="_blank">cat</a></p>'],
  ['paths of this server become text', '<img src="/logout" alt="x">', 'x'],
  ['scripts in addresses become text', '<img src="javascript:alert(1)">', 'javascript:alert(1)'],
  ['pictures in the text stay', '<img src="data:image/png;base64,AA==" srcset="https://e.org/2 2x">', '<img src="data:image/png;base64,AA==">'],
  ['sounds and films', '<video src="https://e.org/v" poster="https://e.org/p"></video>', '<a href="https://e.org/v" rel="noopener noreferrer" target="_blank">https://e.org/v</a>'],
  ['the rest', '<p style="color: red">a <a href="https://e.org">b</a></p>', '<p style="color: red">a <a href="https://e.org">b</a></p>']
])('%s', (_, html, expected) => {
  expect(quiet(html)).toBe(expected);
});

test('backgrounds go where cells are', () => {
  expect(quiet('<table><tbody><tr><td background="https://e.org/b" style="background: url(https://e.org/c)">x</td></tr></tbody></table>')).toBe(
    '<table><tbody><tr><td>x</td></tr></tbody></table>'
  );
});

test('what the sanitizer before lets through is all there is', () => {
  const sanitizer = new AnswerSanitizer({ sanitize: dirty => dirty.replace(/<script.*<\/script>/, '') });
  expect(sanitizer.sanitize('<script>x</script><b>y</b>')).toBe('<b>y</b>');
});
