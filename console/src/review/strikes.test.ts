import { expect, test } from 'vitest';
import { inWords } from './strikes';

test('strikes are told with what they propose and the step above', () => {
  const step = (points: number, days: number | null = null) => ({ points, kind: 'suspend' as const, days });
  const strike = {
    decision_id: 'd1',
    policy_id: 'spam',
    policy_version: 1,
    points: 3,
    decided_at: '2016-02-05T10:00:00Z',
  };
  expect(inWords({ strikes: [], points: 0, next: step(3, 7) })).toBe('none; at 3: suspend for 7 days');
  expect(inWords({ strikes: [strike], points: 3, reached: step(3, 1), next: step(6) })).toBe(
    '1 strike, 3 points: suspend for 1 day proposed; at 6: suspend',
  );
  expect(inWords({ strikes: [], points: 0 })).toBe('none');
});
