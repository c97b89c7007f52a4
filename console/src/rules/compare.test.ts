import { expect, it } from 'vitest';
import { compare, positionOf } from './compare';

it('rules stand side by side, and one that a set has not is not at nought', () => {
  const rows = compare(
    [{ rule: 'a', hits: 2 }],
    [
      { rule: 'b', hits: 5 },
      { rule: 'a', hits: 0 },
    ],
  );
  expect(rows).toEqual([
    { rule: 'b', live: undefined, shadow: 5 },
    { rule: 'a', live: 2, shadow: 0 },
  ]);
});

it('a place in a text is found by line and column', () => {
  expect(positionOf('ab\ncd\n', 2, 2)).toBe(4);
  expect(positionOf('ab', 9, 9)).toBe(2);
  expect(positionOf('ab', 0, 0)).toBe(0);
});
