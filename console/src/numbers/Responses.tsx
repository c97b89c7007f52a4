import type { Schemas } from '../api/client';
import { count, percent } from '../ui/format';
import { Empty } from '../ui/states';
import { FlowChart } from './FlowChart';
import { hours, outlook } from './responses';

/** How soon people got to the cases of a period, by queue, and what came and went each day. */
export function Responses({ found }: { found: Schemas['ResponsesView'] }) {
  return (
    <>
      <FlowChart days={found.days} />
      <p className="dim">
        {count(found.open)} cases are open: {outlook(found)}. Shares are of what was looked at or decided and
        of what is overdue.
      </p>
      {found.queues.length === 0 ? (
        <Empty>No case was opened in these days.</Empty>
      ) : (
        // The table scrolls, so that keys must reach it.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className="scroll" tabIndex={0} role="region" aria-label="By queue">
          <table className="table">
            <thead>
              <tr>
                <th rowSpan={2}>Queue</th>
                <th rowSpan={2} className="number">
                  Opened
                </th>
                <th rowSpan={2} className="number">
                  Closed
                </th>
                <th colSpan={3}>First look</th>
                <th colSpan={3}>Decision</th>
              </tr>
              <tr>
                {['look', 'decision'].map((what) => (
                  <Headings key={what} />
                ))}
              </tr>
            </thead>
            <tbody>
              {found.queues.map((queue) => (
                <tr key={queue.queue_id}>
                  <td>{queue.queue_id}</td>
                  <td className="number">{count(queue.opened)}</td>
                  <td className="number">{count(queue.closed)}</td>
                  <Waits spread={queue.first_look_hours} inTime={queue.looked_at_in_time} />
                  <Waits spread={queue.decision_hours} inTime={queue.decided_in_time} />
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

function Headings() {
  return (
    <>
      <th className="number">Median</th>
      <th className="number">95 of 100</th>
      <th className="number">In time</th>
    </>
  );
}

function Waits({
  spread,
  inTime,
}: {
  spread: Schemas['Spread'];
  inTime: Schemas['ShareView'] | null | undefined;
}) {
  const bounds = inTime && `between ${percent(inTime.low)} and ${percent(inTime.high)}, 95 times of 100`;
  return (
    <>
      <td className="number">{hours(spread.median)}</td>
      <td className="number">{hours(spread.p95)}</td>
      <td className="number" title={bounds ?? undefined}>
        {inTime ? percent(inTime.share) : '–'}
      </td>
    </>
  );
}
