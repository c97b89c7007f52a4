import { useQuery } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useLocation } from 'wouter';
import { type Schemas, answered, api } from '../api/client';
import { policiesQuery } from '../api/queries';
import { type Member, inWords } from '../clusters/members';
import { PolicySelect, SharedKindSelect } from '../review/DecisionFields';
import { currentPolicies } from '../review/policies';
import { count } from '../ui/format';
import { ErrorNotice } from '../ui/states';

const ERROR_LIMITS = [0.005, 0.01, 0.02, 0.05];

/** Puts accounts together to be decided at once: others judge a blind sample before anything happens. */
export function ProposeBatch({ members, close }: { members: Member[]; close: () => void }) {
  return (
    <ModalOverlay className="overlay" isOpen onOpenChange={close} isDismissable>
      <Modal className="modal">
        <Dialog>
          <Heading slot="title">Propose a batch of {count(members.length)} accounts</Heading>
          <Proposal members={members} close={close} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Proposal({ members, close }: { members: Member[]; close: () => void }) {
  const [, go] = useLocation();
  const policies = currentPolicies(useQuery(policiesQuery).data?.policies ?? []);
  const [kind, setKind] = useState<Schemas['NewBatch']['kind']>('suspend');
  const [policyId, setPolicyId] = useState('');
  const [errorMax, setErrorMax] = useState(0.01);
  const [rationale, setRationale] = useState('Acts together with violating accounts, by the evidence shown.');
  const [error, setError] = useState<Error>();
  const policy = policies.find((each) => each.policy_id === policyId) ?? policies[0];
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!policy) return;
    const body: Schemas['NewBatch'] = {
      kind,
      policy_id: policy.policy_id,
      policy_version: policy.version,
      rationale,
      error_max: errorMax,
      accounts: members.map((member) => {
        const evidence = inWords(member);
        return { account_id: member.accountId, ...(evidence && { evidence }) };
      }),
    };
    answered(api.POST('/v1/batches', { body }))
      .then((batch) => go(`/batches/${batch.batch_id}`))
      .catch((failure: unknown) => setError(failure instanceof Error ? failure : new Error(String(failure))));
  };
  return (
    <form className="stack" onSubmit={submit}>
      <p className="dim">
        Nothing happens to anybody yet: somebody else judges a sample without seeing this proposal, the bound
        on the error rate must come below the limit, and a second person approves the list.
      </p>
      <SharedKindSelect kind={kind} choose={setKind} />
      <PolicySelect
        name="Policy"
        policies={policies}
        policyId={policy?.policy_id ?? ''}
        choose={setPolicyId}
      />
      <label>
        Highest share of wrong decisions
        <select value={errorMax} onChange={(event) => setErrorMax(Number(event.target.value))}>
          {ERROR_LIMITS.map((limit) => (
            <option key={limit} value={limit}>
              {limit * 100} %
            </option>
          ))}
        </select>
      </label>
      <label>
        Rationale
        <textarea
          rows={3}
          dir="auto"
          required
          value={rationale}
          onChange={(event) => setRationale(event.target.value)}
        />
      </label>
      {error && <ErrorNotice error={error} />}
      <div className="form-row">
        <Button className="button primary" type="submit" isDisabled={!policy}>
          Propose
        </Button>
        <Button className="button quiet" onPress={close}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
