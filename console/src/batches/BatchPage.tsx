import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useParams } from 'wouter';
import { type Schemas, answered, api } from '../api/client';
import { queryClient } from '../api/queries';
import { useMay, useMyId } from '../app/me';
import { count, percent, words } from '../ui/format';
import { Ago, Facts, Panel } from '../ui/parts';
import { ErrorNotice, Found } from '../ui/states';
import { BlindSample } from './BlindSample';
import { LeftOut } from './LeftOut';
import { Status } from './BatchesPage';
import { batchQuery } from './queries';
import { type Step, stepsOf } from './steps';

/** One batch: what it would do, how its sample stands, and the next step. */
export default function BatchPage() {
  const { batchId = '' } = useParams();
  const batch = useQuery(batchQuery(batchId));
  return (
    <div className="page">
      <Found query={batch} what="the batch">
        {(found) => <OneBatch batch={found} />}
      </Found>
    </div>
  );
}

function OneBatch({ batch }: { batch: Schemas['Batch'] }) {
  const myId = useMyId();
  const mayReview = useMay('review');
  const isBlind = batch.status === 'sampling' && mayReview && batch.proposed_by !== myId;
  return (
    <>
      <div className="title-row">
        <h1>Batch {batch.batch_id}</h1>
        <Status status={batch.status} />
      </div>
      <Steps batch={batch} />
      {isBlind && <BlindSample batchId={batch.batch_id} />}
      <div className="case-columns">
        <Panel title="What it does">
          <Facts
            rows={[
              ['Decision', batch.kind ? words(batch.kind) : 'hidden from those who judge the sample'],
              ['Policy', `${words(batch.policy_id)} ${batch.policy_version}`],
              ['Accounts', count(batch.members)],
              ['Left out', count(batch.left_out)],
              ['Proposed', <ByAt key="proposed" by={batch.proposed_by} at={batch.proposed_at} />],
              [
                'Approved',
                batch.approved_by && batch.approved_at ? (
                  <ByAt key="approved" by={batch.approved_by} at={batch.approved_at} />
                ) : (
                  'not yet'
                ),
              ],
            ]}
          />
          {batch.rationale && <blockquote dir="auto">{batch.rationale}</blockquote>}
        </Panel>
        <SampleFigures batch={batch} />
        <div className="column">
          <Progress batch={batch} />
          {batch.left_out > 0 && <LeftOut batchId={batch.batch_id} />}
        </div>
      </div>
    </>
  );
}

function ByAt({ by, at }: { by: string; at: string }) {
  return (
    <>
      <bdi>{by}</bdi>, <Ago at={at} />
    </>
  );
}

function SampleFigures({ batch: { sample, error_max } }: { batch: Schemas['Batch'] }) {
  const shown = Math.min(1, sample.bound / Math.max(error_max * 4, 1e-9));
  return (
    <Panel title="Blind sample" aside={<span className="dim">round {sample.round}</span>}>
      <Facts
        rows={[
          ['Judged', `${count(sample.judged)} of ${count(sample.sampled)}`],
          ['Found wrong', count(sample.wrong)],
          ['Wrong at most', `${percent(sample.bound, 2)}, with 95 % confidence`],
          ['Limit', percent(error_max, 2)],
        ]}
      />
      <svg
        className="progress"
        viewBox="0 0 100 10"
        preserveAspectRatio="none"
        role="img"
        aria-label={`The bound is ${sample.bound <= error_max ? 'within' : 'above'} the limit`}
      >
        <rect width={shown * 100} height="10" />
        <rect className="limit" x="24.6" width="0.8" height="10" />
      </svg>
      {sample.strata.length > 1 && (
        <table className="table">
          <thead>
            <tr>
              <th>Stratum</th>
              <th className="number">Judged</th>
              <th className="number">Wrong</th>
            </tr>
          </thead>
          <tbody>
            {sample.strata.map((stratum) => (
              <tr key={stratum.name}>
                <td>{stratum.name}</td>
                <td className="number">
                  {count(stratum.judged)} of {count(stratum.sampled)}
                </td>
                <td className="number">{count(stratum.wrong)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

function Progress({ batch }: { batch: Schemas['Batch'] }) {
  const share = batch.members === 0 ? 0 : (batch.done + batch.passed_over) / batch.members;
  return (
    <Panel title="Progress">
      <Facts
        rows={[
          ['Decided', count(batch.done)],
          ['Passed over', count(batch.passed_over)],
          ['Taken back', count(batch.taken_back)],
          ['Overturned singly', count(batch.overturned)],
        ]}
      />
      <svg
        className="progress"
        viewBox="0 0 100 10"
        preserveAspectRatio="none"
        role="img"
        aria-label={`${percent(share)} decided`}
      >
        <rect width={share * 100} height="10" />
      </svg>
      {batch.pause && (
        <p>
          Paused <Ago at={batch.pause.paused_at} />: {batch.pause.reason}
        </p>
      )}
    </Panel>
  );
}

/** The steps that are open to whoever is logged in. */
function Steps({ batch }: { batch: Schemas['Batch'] }) {
  const mayApprove = useMay('approve');
  const mayReview = useMay('review');
  const isProposer = batch.proposed_by === useMyId();
  const [error, setError] = useState<Error>();
  const [reason, setReason] = useState('');
  const steps = stepsOf(batch.status, { mayApprove, mayReview, isProposer });
  const take = (step: Step) => {
    setError(undefined);
    carryOut(step, batch, reason)
      .then(() => queryClient.invalidateQueries({ queryKey: batchQuery(batch.batch_id).queryKey }))
      .catch((failure: unknown) => setError(failure instanceof Error ? failure : new Error(String(failure))));
  };
  if (steps.length === 0 && !error) return null;
  return (
    <section className="panel form-row" aria-label="Next step">
      {steps.includes('take-back') || steps.includes('pause') ? (
        <label className="grow">
          Reason, to pause or take back
          <input dir="auto" value={reason} onChange={(event) => setReason(event.target.value)} />
        </label>
      ) : null}
      {steps.map((step) => (
        <Button
          key={step}
          className={step === 'take-back' ? 'button danger' : 'button primary'}
          isDisabled={NEEDS_REASON.has(step) && reason.trim() === ''}
          onPress={() => take(step)}
        >
          {LABELS[step]}
        </Button>
      ))}
      {error && <ErrorNotice error={error} />}
    </section>
  );
}

const NEEDS_REASON: ReadonlySet<Step> = new Set(['take-back', 'pause']);
const LABELS: Record<Step, string> = {
  approve: 'Approve this list',
  start: 'Start',
  pause: 'Pause',
  'take-back': 'Take everything back',
  enlarge: 'Draw a larger sample',
};

function carryOut(step: Step, batch: Schemas['Batch'], reason: string): Promise<unknown> {
  const params = { path: { batch_id: batch.batch_id } };
  switch (step) {
    case 'approve':
      return answered(
        api.POST('/v1/batches/{batch_id}/approve', { params, body: { list_hash: batch.list_hash } }),
      );
    case 'start':
      return answered(api.POST('/v1/batches/{batch_id}/start', { params, body: {} }));
    case 'pause':
      return answered(api.POST('/v1/batches/{batch_id}/pause', { params, body: { reason } }));
    case 'take-back':
      return answered(api.POST('/v1/batches/{batch_id}/take-back', { params, body: { reason } }));
    case 'enlarge':
      return answered(api.POST('/v1/batches/{batch_id}/sample', { params }));
  }
}
