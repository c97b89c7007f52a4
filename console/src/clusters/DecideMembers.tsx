import { useMutation, useQuery } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { Button } from 'react-aria-components';
import { type Schemas, answered, api } from '../api/client';
import { policiesQuery, templatesQuery } from '../api/queries';
import { PolicySelect, type SharedKind, SharedKindSelect } from '../review/DecisionFields';
import { currentPolicies } from '../review/policies';
import { offered } from '../review/templates';
import { count } from '../ui/format';
import { ErrorNotice } from '../ui/states';

/** One decision for the members selected; each gets its own, with its own evidence. */
export function DecideMembers({
  clusterCaseId,
  lease,
  members,
  decided,
}: {
  clusterCaseId: string;
  lease: Schemas['ClusterClaim'];
  members: string[];
  decided: () => void;
}) {
  const policies = currentPolicies(useQuery(policiesQuery).data?.policies ?? []);
  const [kind, setKind] = useState<SharedKind>('suspend');
  const [chosenPolicy, setPolicy] = useState('');
  const [written, write] = useState<string>();
  const policy = policies.find((each) => each.policy_id === chosenPolicy) ?? policies[0];
  const templates = useQuery(templatesQuery).data?.templates ?? [];
  // A cluster came up by what its members have in common.
  const rationale = written ?? offered(templates, kind, policy?.policy_id, ['similar'])[0]?.text ?? '';
  const decide = useMutation({
    mutationFn: (cited: Schemas['Policy']) => {
      const params = { path: { cluster_case_id: clusterCaseId } };
      const body = {
        claim_id: lease.claim.claim_id,
        members,
        kind,
        policy_id: cited.policy_id,
        policy_version: cited.version,
        rationale,
      };
      return answered(api.POST('/v1/clusters/cases/{cluster_case_id}/decisions', { params, body }));
    },
    onSuccess: decided,
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (policy) decide.mutate(policy);
  };
  const choose = (chosen: SharedKind) => {
    setKind(chosen);
    write(undefined);
  };
  return (
    <form className="panel form-row" onSubmit={submit} aria-label="Decision">
      <SharedKindSelect kind={kind} choose={choose} />
      <PolicySelect name="Policy" policies={policies} policyId={policy?.policy_id ?? ''} choose={setPolicy} />
      <label className="grow">
        Rationale
        <textarea
          rows={2}
          required
          dir="auto"
          value={rationale}
          onChange={(event) => write(event.target.value)}
        />
      </label>
      <Button
        className="button primary"
        type="submit"
        isDisabled={members.length === 0 || !policy || decide.isPending}
      >
        Decide on {count(members.length)}
      </Button>
      {lease.held.length > 0 && (
        <span className="dim">{count(lease.held.length)} cases are held by others and stay as they are.</span>
      )}
      {decide.error && <ErrorNotice error={decide.error} />}
    </form>
  );
}
