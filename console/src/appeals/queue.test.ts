import { describe, expect, it } from 'vitest';
import type { Schemas } from '../api/client';
import { clockOf, inTurn, isTaken } from './queue';

const at = (text: string) => Date.parse(text);

const appeal = (appeal_id: string, more: Partial<Schemas['Appeal']> = {}): Schemas['Appeal'] => ({
  appeal_id,
  decision_id: 'd',
  account_id: 'a',
  channel: 'link',
  text: 'It was not me.',
  filed_at: '2026-01-01T00:00:00Z',
  due_at: '2026-01-08T00:00:00Z',
  is_late: false,
  is_urgent: false,
  status: 'open',
  reasons: '',
  ...more,
});

describe('the queue of appeals', () => {
  it('has urgent ones first, and then those due first', () => {
    const waiting = [
      appeal('later', { due_at: '2026-01-09T00:00:00Z' }),
      appeal('b'),
      appeal('a'),
      appeal('urgent', { due_at: '2026-01-10T00:00:00Z', is_urgent: true }),
    ];
    expect(inTurn(waiting).map((each) => each.appeal_id)).toEqual(['urgent', 'a', 'b', 'later']);
    expect(waiting[0]?.appeal_id).toBe('later');
  });

  it('passes over what somebody holds, until the claim lapses', () => {
    const held = appeal('held', { claimed_until: '2026-01-02T00:15:00Z' });
    expect(isTaken(held, at('2026-01-02T00:14:59Z'))).toBe(true);
    expect(isTaken(held, at('2026-01-02T00:15:00Z'))).toBe(false);
    expect(isTaken(appeal('free'))).toBe(false);
  });
});

describe('the clock of an appeal', () => {
  it('is late on the day it is due, and an alarm a week after', () => {
    const clocks = [
      '2026-01-07T23:59:59Z',
      '2026-01-08T00:00:00Z',
      '2026-01-14T23:59:59Z',
      '2026-01-15T00:00:00Z',
    ].map((now) => clockOf(appeal('a'), at(now)));
    expect(clocks).toEqual(['in time', 'late', 'late', 'alarm']);
  });
});
