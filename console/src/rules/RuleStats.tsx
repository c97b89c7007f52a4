import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../api/client';
import { count } from '../ui/format';
import { Ago, Badge, Panel } from '../ui/parts';
import { Empty, Found } from '../ui/states';
import { type Compared, compare } from './compare';
import { ruleStatsQuery } from './queries';

/** How often each rule held: live beside shadow. */
export function RuleStats() {
  const stats = useQuery(ruleStatsQuery);
  return (
    <Panel title="Live beside shadow">
      <Found query={stats} what="the counts">
        {({ live, shadow }) =>
          live || shadow ? (
            <>
              <Totals name="Live" stats={live} />
              <Totals name="Shadow" stats={shadow} />
              <Table rows={compare(live?.rules ?? [], shadow?.rules ?? [])} />
            </>
          ) : (
            <Empty>Nothing is evaluated: publish a set in shadow to see what it would do.</Empty>
          )
        }
      </Found>
    </Panel>
  );
}

function Totals({ name, stats }: { name: string; stats: Schemas['SetStats'] | null | undefined }) {
  if (!stats) return null;
  return (
    <p>
      <strong>
        {name}, version {stats.version}:
      </strong>{' '}
      {count(stats.events)} events since <Ago at={stats.since} />, {count(stats.errors)} errors{' '}
      {stats.stopped.map((one) => (
        <Badge key={one.rule} tone="bad">
          {one.rule} stopped at its daily limit
        </Badge>
      ))}
    </p>
  );
}

function Table({ rows }: { rows: Compared[] }) {
  return (
    <div className="scroll">
      <table className="table">
        <thead>
          <tr>
            <th>Rule</th>
            <th className="number">Live</th>
            <th className="number">Shadow</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ rule, live, shadow }) => (
            <tr key={rule}>
              <td className="id">{rule}</td>
              <td className="number">{live === undefined ? '–' : count(live)}</td>
              <td className="number">{shadow === undefined ? '–' : count(shadow)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
