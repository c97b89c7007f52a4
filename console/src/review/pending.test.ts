import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Pending, UNDO_MS } from './pending';

const decision = (caseId: string) => ({
  caseId,
  accountId: `account of ${caseId}`,
  body: {
    claim_id: 'c',
    kind: 'suspend' as const,
    policy_id: 'p',
    policy_version: 1,
    rationale: 'because',
  },
});

describe('a decision', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is sent once its seconds are over', async () => {
    const send = vi.fn().mockResolvedValue(undefined);
    const pending = new Pending(send);
    pending.add(decision('one'));
    await vi.advanceTimersByTimeAsync(UNDO_MS - 1);
    expect(send).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(send).toHaveBeenCalledTimes(1);
    expect(pending.list()).toEqual([]);
  });

  it('that is undone is never sent, the newest first', async () => {
    const send = vi.fn().mockResolvedValue(undefined);
    const pending = new Pending(send);
    pending.add(decision('one'));
    pending.add(decision('two'));
    expect(pending.undo()?.caseId).toBe('two');
    await vi.advanceTimersByTimeAsync(UNDO_MS);
    expect(send.mock.calls.map(([sent]) => (sent as { caseId: string }).caseId)).toEqual(['one']);
    expect(pending.undo()).toBeUndefined();
  });

  it('that was refused stays to be seen', async () => {
    const pending = new Pending(() => Promise.reject(new Error('the claim lapsed')));
    pending.add(decision('one'));
    await vi.advanceTimersByTimeAsync(UNDO_MS);
    expect(pending.list()).toMatchObject([{ caseId: 'one', failure: 'the claim lapsed' }]);
    expect(pending.undo()).toBeUndefined();
    pending.drop('one');
    expect(pending.list()).toEqual([]);
  });

  it('leaves with the page at once, and once', async () => {
    const send = vi.fn().mockResolvedValue(undefined);
    const pending = new Pending(send);
    pending.add(decision('one'));
    await pending.flush();
    await vi.advanceTimersByTimeAsync(UNDO_MS);
    expect(send).toHaveBeenCalledTimes(1);
    expect(send.mock.calls[0]?.[1]).toBe(true);
  });
});
