import { describe, expect, it } from 'vitest';
import type { Schemas } from '../api/client';
import { currentPolicies, suggestedPolicy } from './policies';

const policy = (policy_id: string, version = 1, is_retired = false) =>
  ({ policy_id, version, is_retired }) as Schemas['Policy'];

describe('policies', () => {
  it('are cited in the newest version that is not retired', () => {
    const current = currentPolicies([
      policy('a', 1),
      policy('a', 2),
      policy('a', 3, true),
      policy('b', 1, true),
    ]);
    expect(current).toEqual([policy('a', 2)]);
  });

  it('are suggested by the case, by what it is, and by habit', () => {
    const all = [policy('spam'), policy('ban-evasion'), policy('hate')];
    const suggested = (policy_id: string | null, opened_by: 'user' | 'return', lastId: string | null) =>
      suggestedPolicy({ policy_id, opened_by }, all, lastId)?.policy_id;
    expect(suggested('hate', 'return', 'spam')).toBe('hate');
    expect(suggested(null, 'return', 'hate')).toBe('ban-evasion');
    expect(suggested('unknown', 'user', 'hate')).toBe('hate');
    expect(suggested(null, 'user', null)).toBe('spam');
  });
});
