import type { Schemas } from '../api/client';

type Policy = Schemas['Policy'];

const KEY = 'cordon-last-policy';

/** The version in force of each policy that may still be cited. */
export function currentPolicies(policies: Policy[]): Policy[] {
  const newest = new Map<string, Policy>();
  for (const policy of policies.filter((each) => !each.is_retired)) {
    const known = newest.get(policy.policy_id);
    if (!known || known.version < policy.version) newest.set(policy.policy_id, policy);
  }
  return [...newest.values()];
}

/** The policy that the case names; of a return, the one on evasion; else the one cited last. */
export function suggestedPolicy(
  one: Pick<Schemas['Case'], 'policy_id' | 'opened_by'>,
  policies: Policy[],
  lastId = localStorage.getItem(KEY),
): Policy | undefined {
  const wanted = [one.policy_id, one.opened_by === 'return' ? 'ban-evasion' : null, lastId];
  const found = wanted.flatMap((id) => policies.filter((policy) => policy.policy_id === id));
  return found[0] ?? policies[0];
}

export function rememberPolicy(policyId: string): void {
  localStorage.setItem(KEY, policyId);
}
