import { expect, it } from 'vitest';
import { said } from './said';

it('what people wrote stands apart from the facts, and nothing is said twice', () => {
  const event = {
    id: 'e1',
    type: 'post.created',
    time: '2026-01-01T00:00:00Z',
    account: { id: 'u1', handle: 'gull' },
    post: { id: 'p1', text: 'hello', is_repost: false, tags: ['a'] },
  };
  expect(said(event)).toEqual({
    texts: ['hello'],
    facts: [
      ['handle', 'gull'],
      ['tags', 'a'],
    ],
  });
});

it('an event nested without end is read to a depth', () => {
  const nested = (depth: number): unknown => (depth === 0 ? 'end' : { a: nested(depth - 1) });
  expect(said(nested(50)).facts.length).toBe(1);
  expect(said(null)).toEqual({ texts: [], facts: [] });
});
