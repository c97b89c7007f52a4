import type { DecisionKind } from './pending';

/** What a reviewer may decide, by the key that chooses it. */
export const KINDS: readonly { kind: DecisionKind; key: string; label: string }[] = [
  { kind: 'suspend', key: 's', label: 'Suspend' },
  { kind: 'no_violation', key: 'c', label: 'No violation' },
  { kind: 'warn', key: 'w', label: 'Warn' },
  { kind: 'restrict', key: 'r', label: 'Restrict' },
  { kind: 'label', key: 'l', label: 'Label' },
];

const ON_VIOLATION = [
  'The posts and reports shown break the policy.',
  'Account of the holder of a suspended account, by the evidence shown.',
  'Acts together with violating accounts, by the evidence shown.',
];
const ON_NONE = [
  'Nothing in what the account did breaks the policy.',
  'The reports are wrong or malicious.',
  'What it shares with violating accounts has an innocent explanation.',
];

/** Rationales to begin with, the likeliest first: `isReturn` moves the one about returns up. */
export function templates(kind: DecisionKind, isReturn: boolean): string[] {
  if (kind === 'no_violation') return isReturn ? [...ON_NONE].reverse() : ON_NONE;
  const [posts, returns, together] = ON_VIOLATION;
  return (isReturn ? [returns, posts, together] : [posts, returns, together]).filter(
    (text) => text !== undefined,
  );
}
