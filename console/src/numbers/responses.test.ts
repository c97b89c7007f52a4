import { expect, test } from 'vitest';
import { hours, outlook } from './responses';

test('hours are told in the unit that people would use', () => {
  expect([0.25, 1.99, 2, 47.9, 48, null].map(hours)).toEqual([
    '15 min',
    '119 min',
    '2.0 h',
    '47.9 h',
    '2.0 d',
    '–',
  ]);
});

test('a backlog that grows is not said to end', () => {
  expect(outlook({ open: 0, days_to_empty: null })).toBe('nothing waits');
  expect(outlook({ open: 3, days_to_empty: null })).toContain('as many came as went');
  expect(outlook({ open: 3, days_to_empty: 1.25 })).toContain('1.3 days');
});
