import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { Link, useParams } from 'wouter';
import { type Schemas, answered, api } from '../api/client';
import { queryClient } from '../api/queries';
import { useMay } from '../app/me';
import { useShortcuts } from '../keyboard/shortcuts';
import { EvidenceWaterfall } from '../review/EvidenceWaterfall';
import { count, words } from '../ui/format';
import { AccountLink, Ago, Badge, Key, Panel, Standing } from '../ui/parts';
import { ErrorNotice, Found } from '../ui/states';
import { DecideMembers } from './DecideMembers';
import { clusterCaseQuery } from './queries';
import './clusters.css';

const SEEDS_IN_GRAPH = 8;

/** Accounts that belong together, reviewed side by side. */
export default function ClusterCasePage() {
  const { caseId = '' } = useParams();
  const file = useQuery(clusterCaseQuery(caseId));
  return (
    <div className="page">
      <Found query={file} what="the cluster case">
        {(found) => <OneCase file={found} />}
      </Found>
    </div>
  );
}

function OneCase({ file: { cluster_case: one, members } }: { file: Schemas['ClusterCaseFile'] }) {
  const mayReview = useMay('review');
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const claim = useMutation({
    mutationFn: () => {
      const params = { path: { cluster_case_id: one.cluster_case_id } };
      return answered(api.POST('/v1/clusters/cases/{cluster_case_id}/claim', { params }));
    },
    onSuccess: (lease) => {
      const held = new Set(lease.case_ids);
      const mine = members.filter((member) => member.case && held.has(member.case.case_id));
      setSelected(new Set(mine.map((member) => member.account_id)));
    },
  });
  const mayClaim = mayReview && one.status === 'open' && !claim.data;
  useShortcuts('Cluster case', mayClaim ? [{ keys: 'a', label: 'Claim its cases', run: claim.mutate }] : []);
  const seeds = members.slice(0, SEEDS_IN_GRAPH).map((member) => member.account_id);
  return (
    <>
      <div className="title-row">
        <h1>{count(one.member_count)} accounts</h1>
        <Badge tone="info">{words(one.kind)}</Badge>
        <Badge tone={one.status === 'open' ? 'warn' : 'plain'}>{words(one.close_reason ?? one.status)}</Badge>
        <span className="dim">
          opened <Ago at={one.opened_at} /> by <bdi>{one.opened_by}</bdi>
        </span>
        <Link href={`/clusters?seeds=${encodeURIComponent(seeds.join(' '))}`}>as a graph</Link>
        <span className="end">
          {mayClaim && (
            <Button className="button primary" onPress={() => claim.mutate()} isDisabled={claim.isPending}>
              Claim its cases <Key>a</Key>
            </Button>
          )}
        </span>
      </div>
      {claim.error && <ErrorNotice error={claim.error} />}
      {claim.data && (
        <DecideMembers
          clusterCaseId={one.cluster_case_id}
          lease={claim.data}
          members={[...selected]}
          decided={() => {
            setSelected(new Set());
            void queryClient.invalidateQueries({ queryKey: clusterCaseQuery(one.cluster_case_id).queryKey });
          }}
        />
      )}
      <div className="pair">
        <Panel title="Members">
          <Members
            members={members}
            selected={selected}
            select={setSelected}
            isDeciding={claim.data !== undefined}
          />
        </Panel>
        <Panel title="What they share">
          <EvidenceWaterfall evidence={one.evidence} weight={one.weight} />
        </Panel>
      </div>
    </>
  );
}

function Members({
  members,
  selected,
  select,
  isDeciding,
}: {
  members: Schemas['ClusterMember'][];
  selected: ReadonlySet<string>;
  select: (accounts: ReadonlySet<string>) => void;
  isDeciding: boolean;
}) {
  const toggle = (accountId: string) => {
    const next = new Set(selected);
    if (!next.delete(accountId)) next.add(accountId);
    select(next);
  };
  return (
    <div className="scroll">
      <table className="table">
        <thead>
          <tr>
            {isDeciding && (
              <th>
                <span className="visually-hidden">Selected</span>
              </th>
            )}
            <th>Account</th>
            <th>Standing</th>
            <th className="number">Tied to</th>
            <th className="number">Objects</th>
            <th className="number">Bits</th>
            <th>Case</th>
          </tr>
        </thead>
        <tbody>
          {members.map((member) => (
            <tr key={member.account_id}>
              {isDeciding && (
                <td>
                  {member.case?.status === 'open' && (
                    <input
                      type="checkbox"
                      aria-label={`Select ${member.account_id}`}
                      checked={selected.has(member.account_id)}
                      onChange={() => toggle(member.account_id)}
                    />
                  )}
                </td>
              )}
              <td>
                <AccountLink accountId={member.account_id} />
              </td>
              <td>
                <Standing standing={member.standing} />
              </td>
              <td className="number">{count(member.partners)}</td>
              <td className="number">{count(member.objects)}</td>
              <td className="number">{member.belonging.toFixed(1)}</td>
              <td>
                {member.case && (
                  <Link href={`/review/${member.case.case_id}`}>{words(member.case.status)}</Link>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
