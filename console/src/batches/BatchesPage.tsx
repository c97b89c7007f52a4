import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Schemas } from '../api/client';
import { count, percent, words } from '../ui/format';
import { Ago, Badge, Panel, type Tone } from '../ui/parts';
import { Empty, Found } from '../ui/states';
import { batchesQuery } from './queries';

/** Batches, the newest first. */
export default function BatchesPage() {
  const batches = useQuery(batchesQuery);
  return (
    <div className="page">
      <h1>Batches</h1>
      <Panel title="Many decisions at once">
        <Found query={batches} what="the batches">
          {(found) => <Table batches={found.batches} />}
        </Found>
      </Panel>
    </div>
  );
}

const TONES: Record<string, Tone> = {
  refused: 'bad',
  passed: 'good',
  approved: 'good',
  running: 'info',
  paused: 'warn',
  taking_back: 'warn',
};

export function Status({ status }: { status: Schemas['Batch']['status'] }) {
  return <Badge tone={TONES[status] ?? 'plain'}>{words(status)}</Badge>;
}

function Table({ batches }: { batches: Schemas['Batch'][] }) {
  if (batches.length === 0) {
    return (
      <Empty>
        None yet. Select accounts under <Link href="/clusters">Clusters</Link>, and propose one.
      </Empty>
    );
  }
  return (
    <div className="scroll">
      <table className="table">
        <thead>
          <tr>
            <th>Batch</th>
            <th>State</th>
            <th>Policy</th>
            <th className="number">Accounts</th>
            <th className="number">Judged</th>
            <th className="number">Wrong at most</th>
            <th>Proposed</th>
          </tr>
        </thead>
        <tbody>
          {batches.map((batch) => (
            <tr key={batch.batch_id}>
              <td>
                <Link href={`/batches/${batch.batch_id}`} className="id">
                  {batch.batch_id}
                </Link>
              </td>
              <td>
                <Status status={batch.status} />
              </td>
              <td>{words(batch.policy_id)}</td>
              <td className="number">{count(batch.members)}</td>
              <td className="number">
                {count(batch.sample.judged)} of {count(batch.sample.sampled)}
              </td>
              <td className="number">
                {percent(batch.sample.bound, 1)} of {percent(batch.error_max, 1)}
              </td>
              <td>
                <Ago at={batch.proposed_at} /> by <bdi>{batch.proposed_by}</bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
