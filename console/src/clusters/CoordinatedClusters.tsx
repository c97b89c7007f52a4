import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useLocation } from 'wouter';
import { type Schemas, answered, api } from '../api/client';
import { useMay } from '../app/me';
import { count, instant } from '../ui/format';
import { AccountLink, Panel } from '../ui/parts';
import { Empty, ErrorNotice, Found } from '../ui/states';
import { SEEDS_MAX, clustersQuery } from './queries';

const WINDOWS = ['10s', '1m', '5m', '1h', '1d'];
const DAYS = [7, 30, 90];
const MEMBERS_SHOWN = 6;

/** Accounts that act together again and again, found without a seed. */
export function CoordinatedClusters() {
  const [window, setWindow] = useState('5m');
  const [days, setDays] = useState(30);
  const clusters = useQuery(clustersQuery(window, days));
  return (
    <Panel title="Accounts that act together">
      <div className="form-row">
        <label>
          On one object within
          <select value={window} onChange={(event) => setWindow(event.target.value)}>
            {WINDOWS.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
        <label>
          In the last
          <select value={days} onChange={(event) => setDays(Number(event.target.value))}>
            {DAYS.map((each) => (
              <option key={each} value={each}>
                {each} days
              </option>
            ))}
          </select>
        </label>
      </div>
      <Found query={clusters} what="clusters">
        {(found) => <Clusters found={found} wanted={{ window, days }} />}
      </Found>
    </Panel>
  );
}

function Clusters({
  found: { clusters, acts },
  wanted,
}: {
  found: Schemas['Clusters'];
  wanted: { window: string; days: number };
}) {
  const [, go] = useLocation();
  const mayReview = useMay('review');
  const open = useMutation({
    mutationFn: (cluster: Schemas['Cluster']) =>
      answered(api.POST('/v1/clusters/cases', { body: { cluster_id: cluster.cluster_id, ...wanted } })),
    onSuccess: ({ cluster_case }) => go(`/clusters/cases/${cluster_case.cluster_case_id}`),
  });
  const seek = ({ members }: Schemas['Cluster']) => {
    const seeds = members.slice(0, SEEDS_MAX).map((member) => member.account_id);
    go(`/clusters?seeds=${encodeURIComponent(seeds.join(' '))}`);
  };
  return (
    <>
      <p className="dim">
        {count(acts.read)} acts read, {count(acts.pairs)} pairs met more often than chance lets them (
        {count(acts.pairs_by_chance)} where times are dealt anew).
      </p>
      {open.error && <ErrorNotice error={open.error} />}
      {clusters.length === 0 && (
        <Empty>Nobody met often enough. Widen the window, or begin with accounts above.</Empty>
      )}
      <ul className="list">
        {clusters.map((cluster) => (
          <li key={cluster.cluster_id}>
            <div className="form-row">
              <strong>{count(cluster.members.length)} accounts</strong>
              <span>{cluster.weight.toFixed(0)} bits</span>
              <span className="dim">
                on {count(cluster.days)} days{cluster.first && `, since ${instant(cluster.first)}`}
              </span>
              <Button className="button" onPress={() => seek(cluster)}>
                What links them
              </Button>
              {mayReview && (
                <Button
                  className="button primary"
                  isDisabled={open.isPending}
                  onPress={() => open.mutate(cluster)}
                >
                  Open a case
                </Button>
              )}
            </div>
            <div>
              {cluster.members.slice(0, MEMBERS_SHOWN).map((member) => (
                <span key={member.account_id} className="fact">
                  <AccountLink accountId={member.account_id} />
                </span>
              ))}
              {cluster.members.length > MEMBERS_SHOWN && (
                <span className="dim">and {count(cluster.members.length - MEMBERS_SHOWN)} more</span>
              )}
            </div>
            <blockquote dir="auto">{cluster.evidence[0]?.text}</blockquote>
          </li>
        ))}
      </ul>
    </>
  );
}
