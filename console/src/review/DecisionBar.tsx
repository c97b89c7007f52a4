import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import type { Schemas } from '../api/client';
import { policiesQuery, templatesQuery } from '../api/queries';
import { useShortcuts } from '../keyboard/shortcuts';
import { words } from '../ui/format';
import { Key } from '../ui/parts';
import { type DecisionKind, pending } from './pending';
import { currentPolicies, rememberPolicy, suggestedPolicy } from './policies';
import { KINDS, MAY_END, offered } from './templates';

/** The decision: a key for the kind, Enter to confirm; policy and rationale stand ready and can be changed. */
export function DecisionBar({
  one,
  claimId,
  next,
}: {
  one: Schemas['Case'];
  claimId: string;
  next: () => void;
}) {
  const [kind, setKind] = useState<DecisionKind>();
  useShortcuts(
    'Decide',
    KINDS.map(({ kind: choice, key, label }) => ({ keys: key, label, run: () => setKind(choice) })),
  );
  return (
    <section className="decision" aria-label="Decision">
      <div className="choices">
        {KINDS.map(({ kind: choice, key, label }) => (
          <Button
            key={choice}
            className="button"
            aria-pressed={choice === kind}
            onPress={() => setKind(choice)}
          >
            {label} <Key>{key}</Key>
          </Button>
        ))}
      </div>
      {kind && (
        <Draft
          key={kind}
          kind={kind}
          one={one}
          claimId={claimId}
          next={next}
          cancel={() => setKind(undefined)}
        />
      )}
    </section>
  );
}

function Draft({
  kind,
  one,
  claimId,
  next,
  cancel,
}: {
  kind: DecisionKind;
  one: Schemas['Case'];
  claimId: string;
  next: () => void;
  cancel: () => void;
}) {
  const policies = currentPolicies(useQuery(policiesQuery).data?.policies ?? []);
  const templates = useQuery(templatesQuery).data?.templates ?? [];
  const [chosenId, choosePolicy] = useState<string>();
  const [written, write] = useState<string>();
  const [limit, setLimit] = useState<string>();
  const [label, setLabel] = useState('');
  const text = useRef<HTMLTextAreaElement>(null);
  const policySelect = useRef<HTMLSelectElement>(null);
  const policy = policies.find((each) => each.policy_id === chosenId) ?? suggestedPolicy(one, policies);
  const rationales = offered(templates, kind, policy?.policy_id, one.sources);
  const rationale = written ?? rationales[0]?.text ?? '';
  const days = limit ?? String(rationales[0]?.days ?? '');
  const isLimited = MAY_END.includes(kind) && days.trim() !== '';
  const isReady =
    policy !== undefined &&
    rationale.trim() !== '' &&
    (kind !== 'label' || label.trim() !== '') &&
    (!isLimited || /^[1-9]\d{0,2}$/.test(days.trim()));
  const confirm = () => {
    if (!isReady) return;
    rememberPolicy(policy.policy_id);
    const named = kind === 'label' ? { label: label.trim() } : {};
    const { policy_id, version: policy_version } = policy;
    const body = {
      claim_id: claimId,
      kind,
      policy_id,
      policy_version,
      rationale: rationale.trim(),
      ...named,
      ...(isLimited && { days: Number(days) }),
    };
    pending.add({ caseId: one.case_id, accountId: one.account_id, body });
    next();
  };
  useShortcuts('Decision at hand', [
    { keys: 'Enter', label: 'Confirm, and on to the next case', run: confirm },
    { keys: 'Mod+Enter', label: 'Confirm while typing', run: confirm, whileTyping: true },
    { keys: 'Escape', label: 'Decide something else', run: cancel, whileTyping: true },
    { keys: 'e', label: 'Write another rationale', run: () => text.current?.focus() },
    { keys: 'p', label: 'Cite another policy', run: () => policySelect.current?.focus() },
    ...rationales.map((template, place) => ({
      keys: String(place + 1),
      label: `Rationale: ${template.text}`,
      run: () => {
        write(template.text);
        setLimit(String(template.days ?? ''));
      },
    })),
  ]);
  // What has the focus would take Enter for itself.
  useEffect(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  }, []);
  return (
    <div className="draft">
      <label>
        <span>
          Policy <Key>p</Key>
        </span>
        <select
          ref={policySelect}
          value={policy?.policy_id ?? ''}
          onChange={(event) => choosePolicy(event.target.value)}
        >
          {policies.map((each) => (
            <option key={each.policy_id} value={each.policy_id}>
              {each.title} ({each.severity})
            </option>
          ))}
        </select>
      </label>
      {MAY_END.includes(kind) && (
        <label>
          Days
          <input
            value={days}
            onChange={(event) => setLimit(event.target.value)}
            inputMode="numeric"
            placeholder="no end"
            size={6}
          />
        </label>
      )}
      {kind === 'label' && (
        <label>
          Label
          <input value={label} onChange={(event) => setLabel(event.target.value)} dir="auto" />
        </label>
      )}
      <label className="grow">
        <span>
          Rationale <Key>e</Key>{' '}
          {rationales.length > 1 && (
            <span className="dim">or {rationales.map((_, place) => place + 1).join(', ')} for another</span>
          )}
        </span>
        <textarea
          ref={text}
          rows={2}
          dir="auto"
          maxLength={10_000}
          value={rationale}
          onChange={(event) => write(event.target.value)}
        />
      </label>
      <div className="confirm">
        <Button className="button primary" onPress={confirm} isDisabled={!isReady}>
          {words(kind)}, next case <Key>Enter</Key>
        </Button>
        <Button className="button quiet" onPress={cancel}>
          Cancel <Key>Esc</Key>
        </Button>
      </div>
    </div>
  );
}
