import { expect, it } from 'vitest';
import type { Schemas } from '../api/client';
import { inWords, membersOf } from './members';

const row = (group: 'device' | 'network', weight: number) =>
  ({ group, weight, text: `${group} of ${weight}` }) as Schemas['Evidence'];
const candidate = (account_id: string, evidence: Schemas['Evidence'][]) =>
  ({ account_id, evidence }) as Schemas['Candidate'];

it('members come strongest tie first, by the groups that count alone', () => {
  const found: Schemas['Similar'][] = [
    {
      account_id: 's',
      scored: 2,
      candidates: [candidate('a', [row('device', 3)]), candidate('b', [row('network', 9)])],
    },
    { account_id: 't', scored: 2, candidates: [candidate('a', [row('device', 7), row('network', 1)])] },
  ];
  const shown = (groups: ('device' | 'network')[]) =>
    membersOf(found, new Set(groups)).map(({ accountId, weight, isSeed }) => [accountId, weight, isSeed]);
  expect(shown(['device', 'network'])).toEqual([
    ['b', 9, false],
    ['a', 8, false],
    ['s', 0, true],
    ['t', 0, true],
  ]);
  expect(shown(['device'])).toEqual([
    ['a', 7, false],
    ['s', 0, true],
    ['t', 0, true],
  ]);
  expect(membersOf(found, new Set(['device', 'network'])).map(inWords)[1]).toBe('device of 7; network of 1');
});
