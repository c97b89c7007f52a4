import { expect, it } from 'vitest';
import { csv } from './csv';

it('quotes what needs quoting', () => {
  expect(csv(['a', 'b'], [['x, "y"', 2]])).toBe('a,b\r\n"x, ""y""",2\r\n');
});

it('hands no formula to a spreadsheet', () => {
  expect(csv(['a'], [['=1+1'], ['@x'], [-3]])).toBe("a\r\n'=1+1\r\n'@x\r\n-3\r\n");
});
