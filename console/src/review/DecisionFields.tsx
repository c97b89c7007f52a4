import type { Schemas } from '../api/client';
import { KINDS } from './templates';

/** What is decided on many accounts at once: a label is set on one alone. */
export type SharedKind = Schemas['MembersDecision']['kind'];

/** Chooses what is decided on many accounts at once. */
export function SharedKindSelect({ kind, choose }: { kind: SharedKind; choose: (kind: SharedKind) => void }) {
  return (
    <label>
      Decision
      <select value={kind} onChange={(event) => choose(event.target.value as SharedKind)}>
        {KINDS.filter((each) => each.kind !== 'label').map((each) => (
          <option key={each.kind} value={each.kind}>
            {each.label}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Chooses a policy by its title. */
export function PolicySelect({
  name,
  policies,
  policyId,
  choose,
}: {
  name: string;
  policies: Schemas['Policy'][];
  policyId: string;
  choose: (policyId: string) => void;
}) {
  return (
    <label>
      {name}
      <select value={policyId} onChange={(event) => choose(event.target.value)}>
        {policies.map((policy) => (
          <option key={policy.policy_id} value={policy.policy_id}>
            {policy.title}
          </option>
        ))}
      </select>
    </label>
  );
}
