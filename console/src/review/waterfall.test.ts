import { expect, it } from 'vitest';
import type { Schemas } from '../api/client';
import { waterfall } from './waterfall';

const row = (weight: number) => ({ weight }) as Schemas['Evidence'];
const ends = (weights: number[]) => waterfall(weights.map(row)).map(({ from, to }) => [from, to]);

it('each row of evidence begins where the one before it ended', () => {
  expect(ends([6, 2, -4])).toEqual([
    [0, 0.75],
    [0.75, 1],
    [1, 0.5],
  ]);
});

it('evidence against leads below nought, and rows without weight take no room', () => {
  expect(ends([-1, 3])).toEqual([
    [1 / 3, 0],
    [0, 1],
  ]);
  expect(ends([0])).toEqual([[0, 0]]);
});
