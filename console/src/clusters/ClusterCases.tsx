import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Schemas } from '../api/client';
import { count, words } from '../ui/format';
import { Ago, Badge, Panel } from '../ui/parts';
import { Empty, Found } from '../ui/states';
import { clusterCasesQuery } from './queries';

/** Clusters under review. */
export function ClusterCases() {
  const cases = useQuery(clusterCasesQuery);
  return (
    <Panel title="Cluster cases" aside={<span className="dim">open ones, the oldest first</span>}>
      <Found query={cases} what="cluster cases">
        {({ cluster_cases }) => <Table cases={cluster_cases} />}
      </Found>
    </Panel>
  );
}

function Table({ cases }: { cases: Schemas['ClusterCase'][] }) {
  if (cases.length === 0) return <Empty>None is open.</Empty>;
  return (
    <div className="scroll">
      <table className="table">
        <thead>
          <tr>
            <th>Case</th>
            <th>Found by</th>
            <th className="number">Accounts</th>
            <th className="number">Bits</th>
            <th>What they share</th>
            <th>Opened</th>
          </tr>
        </thead>
        <tbody>
          {cases.map((one) => (
            <tr key={one.cluster_case_id}>
              <td>
                <Link className="id" href={`/clusters/cases/${one.cluster_case_id}`}>
                  {one.cluster_case_id}
                </Link>
              </td>
              <td>
                <Badge>{words(one.kind)}</Badge>
              </td>
              <td className="number">{count(one.member_count)}</td>
              <td className="number">{one.weight.toFixed(0)}</td>
              <td dir="auto">{one.evidence[0]?.text}</td>
              <td>
                <Ago at={one.opened_at} /> by <bdi>{one.opened_by}</bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
