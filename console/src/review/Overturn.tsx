import { useMutation } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { Button } from 'react-aria-components';
import { type Schemas, answered, api } from '../api/client';
import { queryClient } from '../api/queries';
import { useMay } from '../app/me';
import { ErrorNotice } from '../ui/states';

/** Takes a decision back: what it did ends, and the platform is told. */
export function Overturn({ decision }: { decision: Schemas['Decision'] }) {
  const mayOverturn = useMay('overturn');
  const [reason, setReason] = useState('');
  const overturn = useMutation({
    mutationFn: () => {
      const params = { path: { decision_id: decision.decision_id } };
      return answered(api.POST('/v1/decisions/{decision_id}/overturn', { params, body: { reason } }));
    },
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['case'] });
      await queryClient.invalidateQueries({ queryKey: ['account', decision.account_id] });
    },
  });
  if (!mayOverturn || decision.overturn) return null;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    overturn.mutate();
  };
  return (
    <details>
      <summary>Overturn it</summary>
      <form className="form-row" onSubmit={submit}>
        <label className="grow">
          Why it does not stand
          <input required dir="auto" value={reason} onChange={(event) => setReason(event.target.value)} />
        </label>
        <Button className="button danger" type="submit" isDisabled={overturn.isPending}>
          Overturn
        </Button>
        {overturn.error && <ErrorNotice error={overturn.error} />}
      </form>
    </details>
  );
}
