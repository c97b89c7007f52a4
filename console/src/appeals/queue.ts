import type { Schemas } from '../api/client';
import { serverNow } from '../api/clock';

type Appeal = Schemas['Appeal'];

const DAY_MS = 86_400_000;
/** Days within which an appeal is to be decided. */
export const TARGET_DAYS = 7;
/** Days after which its lateness is an alarm. */
export const ALARM_DAYS = 14;

/** How an appeal stands by the clock. */
export type Clock = 'in time' | 'late' | 'alarm';

export function clockOf(appeal: Pick<Appeal, 'filed_at' | 'due_at'>, now = serverNow()): Clock {
  if (now >= Date.parse(appeal.filed_at) + ALARM_DAYS * DAY_MS) return 'alarm';
  return now >= Date.parse(appeal.due_at) ? 'late' : 'in time';
}

/** Urgent ones first, and then those due first. */
export function inTurn(appeals: readonly Appeal[]): Appeal[] {
  return [...appeals].sort(
    (one, other) =>
      Number(other.is_urgent) - Number(one.is_urgent) ||
      Date.parse(one.due_at) - Date.parse(other.due_at) ||
      one.appeal_id.localeCompare(other.appeal_id, 'en'),
  );
}

/** Whether somebody holds it. */
export function isTaken(appeal: Pick<Appeal, 'claimed_until'>, now = serverNow()): boolean {
  return appeal.claimed_until != null && Date.parse(appeal.claimed_until) > now;
}
