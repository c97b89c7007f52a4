import { expect, it } from 'vitest';
import type { Schemas } from '../api/client';
import { runsOf } from './runs';

it('quiet events that follow each other stand together, and posts never do', () => {
  const types = [
    'post.created',
    'post.created',
    'follow.created',
    'follow.created',
    'post.created',
    'follow.created',
  ];
  const entries = types.map((type, offset) => ({ type, offset }) as Schemas['TimelineEntry']);
  expect(runsOf(entries).map((run) => run.map(({ offset }) => offset))).toEqual([[0], [1], [2, 3], [4], [5]]);
});
