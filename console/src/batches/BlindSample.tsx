import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { type Schemas, answered, api } from '../api/client';
import { queryClient, timelineQuery } from '../api/queries';
import { useShortcuts } from '../keyboard/shortcuts';
import { EvidenceWaterfall } from '../review/EvidenceWaterfall';
import { Timeline } from '../review/Timeline';
import { needlesOf } from '../review/marks';
import { KINDS } from '../review/templates';
import { AccountLink, Key, Panel } from '../ui/parts';
import { Empty, ErrorNotice, Found } from '../ui/states';
import { batchQuery, sampleQuery } from './queries';

const TIMELINE_COUNT = 30;

/** Accounts of a batch, one at a time, without what the batch would decide. */
export function BlindSample({ batchId }: { batchId: string }) {
  const sample = useQuery(sampleQuery(batchId));
  return (
    <Panel title="Judge the sample" aside={<span className="dim">without seeing what was proposed</span>}>
      <Found query={sample} what="the next account">
        {({ accounts: [next] }) =>
          next ? (
            <Judge key={next.account_id} batchId={batchId} sampled={next} />
          ) : (
            <Empty>Nothing is left for you to judge.</Empty>
          )
        }
      </Found>
    </Panel>
  );
}

function Judge({ batchId, sampled }: { batchId: string; sampled: Schemas['Sampled'] }) {
  const [error, setError] = useState<Error>();
  const [isBusy, setBusy] = useState(false);
  const timeline = useQuery(timelineQuery(sampled.account_id, TIMELINE_COUNT));
  const judge = (finding: Schemas['NewJudgement']['finding']) => {
    if (isBusy) return;
    setBusy(true);
    const body = { account_id: sampled.account_id, finding };
    answered(api.POST('/v1/batches/{batch_id}/judgements', { params: { path: { batch_id: batchId } }, body }))
      .then((batch) => {
        queryClient.setQueryData(batchQuery(batchId).queryKey, batch);
        return queryClient.refetchQueries({ queryKey: sampleQuery(batchId).queryKey });
      })
      .catch((failure: unknown) => setError(failure instanceof Error ? failure : new Error(String(failure))))
      .finally(() => setBusy(false));
  };
  const findings = KINDS.filter(({ kind }) => kind !== 'label');
  useShortcuts(
    'Judge',
    findings.map(({ kind, key, label }) => ({ keys: key, label, run: () => judge(kind) })),
  );
  const weight = sampled.evidence.reduce((sum, row) => sum + (row.weight ?? 0), 0);
  return (
    <div className="stack">
      <div className="form-row">
        <AccountLink accountId={sampled.account_id} />
        {findings.map(({ kind, key, label }) => (
          <Button key={kind} className="button" onPress={() => judge(kind)} isDisabled={isBusy}>
            {label} <Key>{key}</Key>
          </Button>
        ))}
      </div>
      {error && <ErrorNotice error={error} />}
      <div className="pair">
        <EvidenceWaterfall evidence={sampled.evidence} weight={weight} />
        <Found query={timeline} what="the timeline">
          {({ entries }) => <Timeline entries={entries} needles={needlesOf(sampled.evidence)} />}
        </Found>
      </div>
    </div>
  );
}
