import type { Schemas } from '../api/client';
import type { EvidenceGroup } from './graph';

/** An account of a graph, as its table shows it. */
export interface Member {
  accountId: string;
  /** Bits of the strongest tie to one of the seeds. */
  weight: number;
  isSeed: boolean;
  evidence: Schemas['Evidence'][];
}

/** The accounts tied to the seeds by the groups that count, the strongest first, with the seeds themselves. */
export function membersOf(found: Schemas['Similar'][], groups: ReadonlySet<EvidenceGroup>): Member[] {
  const seeds = new Set(found.map((one) => one.account_id));
  const members = new Map<string, Member>();
  for (const accountId of seeds) members.set(accountId, { accountId, weight: 0, isSeed: true, evidence: [] });
  for (const candidate of found.flatMap(({ candidates }) => candidates)) {
    const evidence = candidate.evidence.filter((row) => groups.has(row.group));
    const weight = evidence.reduce((sum, row) => sum + (row.weight ?? 0), 0);
    const accountId = candidate.account_id;
    const known = members.get(accountId);
    if (evidence.length > 0 && (known?.weight ?? 0) <= weight) {
      members.set(accountId, { accountId, weight, isSeed: seeds.has(accountId), evidence });
    }
  }
  return [...members.values()].sort((one, other) => other.weight - one.weight);
}

/** What speaks against a member, for the proposal of a batch. */
export function inWords(member: Member): string {
  return member.evidence
    .map((row) => row.text)
    .join('; ')
    .slice(0, EVIDENCE_CHARS_MAX);
}

const EVIDENCE_CHARS_MAX = 2_000;
