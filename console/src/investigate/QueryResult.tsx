import { Button } from 'react-aria-components';
import type { Schemas } from '../api/client';
import { count, instant, percent } from '../ui/format';
import { AccountLink, Panel } from '../ui/parts';
import { Empty } from '../ui/states';
import { CountsChart } from './CountsChart';
import type { Asked } from './QueryPage';
import { csv, download } from './csv';

const ROWS_SHOWN = 200;

/** The answer as figures, as a chart or bars, and as a file. */
export function QueryResult({ asked, answer }: { asked: Asked; answer: Schemas['QueryAnswer'] }) {
  const isOverTime = asked.by === 'day' || asked.by === 'hour';
  const keep = () => download('query.csv', asCsv(asked, answer));
  return (
    <Panel
      title="Answer"
      aside={
        <Button className="button" onPress={keep}>
          Keep as CSV
        </Button>
      }
    >
      <p role="status">
        <strong>{count(answer.matches)}</strong> of {count(answer.events)} events
        {answer.events > 0 && ` (${percent(answer.matches / answer.events, 1)})`}
        {answer.failed > 0 && `; ${count(answer.failed)} could not be evaluated in full`}
      </p>
      {answer.matches === 0 && <Empty>No event of that time matches.</Empty>}
      {isOverTime && answer.groups.length > 0 && <CountsChart groups={answer.groups} />}
      {answer.groups.length > 0 && (
        <Groups groups={answer.groups} isOverTime={isOverTime} other={answer.other} />
      )}
      {answer.newest.length > 0 && <Newest newest={answer.newest} />}
    </Panel>
  );
}

function Groups({
  groups,
  isOverTime,
  other,
}: {
  groups: Schemas['QueryGroup'][];
  isOverTime: boolean;
  other: number;
}) {
  const most = groups.reduce((max, group) => Math.max(max, group.count), 1);
  return (
    <div className="scroll">
      <table className="table">
        <thead>
          <tr>
            <th>{isOverTime ? 'From' : 'Value'}</th>
            <th className="number">Events</th>
            {!isOverTime && (
              <th>
                <span className="visually-hidden">As a bar</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {groups.slice(0, ROWS_SHOWN).map((group) => (
            <tr key={group.value}>
              <td dir="auto">{isOverTime ? instant(group.value) : group.value}</td>
              <td className="number">{count(group.count)}</td>
              {!isOverTime && (
                <td className="wide">
                  <svg
                    className="progress"
                    viewBox="0 0 100 10"
                    preserveAspectRatio="none"
                    aria-hidden="true"
                  >
                    <rect width={(group.count / most) * 100} height="10" />
                  </svg>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {groups.length > ROWS_SHOWN && <p className="dim">The file has all {count(groups.length)} rows.</p>}
      {other > 0 && <p className="dim">{count(other)} events have further values.</p>}
    </div>
  );
}

function Newest({ newest }: { newest: Schemas['QueryMatch'][] }) {
  return (
    <div className="scroll">
      <table className="table">
        <thead>
          <tr>
            <th>Arrived</th>
            <th>Event</th>
            <th>Account</th>
            <th>Id</th>
          </tr>
        </thead>
        <tbody>
          {[...newest]
            .reverse()
            .slice(0, ROWS_SHOWN)
            .map((one) => (
              <tr key={one.offset}>
                <td>{instant(one.received_at)}</td>
                <td>{one.type}</td>
                <td>{one.account_id && <AccountLink accountId={one.account_id} />}</td>
                <td className="id">{one.id}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}

function asCsv(asked: Asked, answer: Schemas['QueryAnswer']): string {
  if (answer.newest.length > 0) {
    const rows = answer.newest.map((one) => [
      one.offset,
      one.received_at,
      one.type,
      one.account_id ?? '',
      one.id,
    ]);
    return csv(['offset', 'received_at', 'type', 'account_id', 'id'], rows);
  }
  return csv(
    [asked.by, 'events'],
    answer.groups.map((group) => [group.value, group.count]),
  );
}
