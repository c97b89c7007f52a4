import type { Schemas } from '../api/client';
import type { DecisionKind } from './pending';

type Template = Schemas['Template'];

/** What a reviewer may decide, by the key that chooses it. */
export const KINDS: readonly { kind: DecisionKind; key: string; label: string }[] = [
  { kind: 'suspend', key: 's', label: 'Suspend' },
  { kind: 'no_violation', key: 'c', label: 'No violation' },
  { kind: 'warn', key: 'w', label: 'Warn' },
  { kind: 'restrict', key: 'r', label: 'Restrict' },
  { kind: 'label', key: 'l', label: 'Label' },
];

/** Kinds that may be for a time. */
export const MAY_END: readonly DecisionKind[] = ['restrict', 'suspend'];

/** Templates that fit, those first that are for what pointed at the account; keys reach nine of them. */
export function offered(
  templates: Template[],
  kind: DecisionKind,
  policyId: string | undefined,
  sources: Template['sources'],
): Template[] {
  const fits = templates.filter(
    ({ kinds, policies }) =>
      kinds.includes(kind) &&
      (policies.length === 0 || (policyId !== undefined && policies.includes(policyId))),
  );
  const isMeant = (template: Template) => template.sources.some((source) => sources.includes(source));
  const isFirst = fits.filter(isMeant);
  return [...isFirst, ...fits.filter((template) => !isMeant(template))].slice(0, 9);
}
