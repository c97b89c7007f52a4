import type { Schemas } from '../api/client';
import { serverNow } from '../api/clock';

/** Whether somebody holds the case now: a lapsed claim holds nothing. */
export function isClaimed(one: Pick<Schemas['Case'], 'claim'>, now = serverNow()): boolean {
  return one.claim != null && Date.parse(one.claim.expires_at) > now;
}

/** When the oldest of the cases was opened. */
export function oldestOf(cases: Pick<Schemas['Case'], 'opened_at'>[]): string | undefined {
  return cases.map((one) => one.opened_at).sort()[0];
}

export interface MergedReports {
  reason: string;
  reports: Schemas['Report'][];
  texts: string[];
}

/** Reports of one reason under each other, the most frequent reason first; each thing said once. */
export function mergeReports(reports: Schemas['Report'][]): MergedReports[] {
  const byReason = new Map<string, Schemas['Report'][]>();
  for (const report of reports) {
    const reason = report.policy_id ?? 'no policy named';
    byReason.set(reason, [...(byReason.get(reason) ?? []), report]);
  }
  const merged = [...byReason].map(([reason, all]) => ({
    reason,
    reports: all,
    texts: [...new Set(all.flatMap((report) => (report.text ? [report.text] : [])))],
  }));
  return merged.sort((one, other) => other.reports.length - one.reports.length);
}

/** Whether a hold limits reach now: one that is over by itself has no end noted. */
export function isInForce(
  hold: Pick<Schemas['Hold'], 'ended_at' | 'expires_at'>,
  now = serverNow(),
): boolean {
  return hold.ended_at == null && Date.parse(hold.expires_at) > now;
}
