import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { Link } from 'wouter';
import type { Schemas } from '../api/client';
import { openCasesQuery, queuesQuery } from '../api/queries';
import { useMay } from '../app/me';
import { useShortcuts } from '../keyboard/shortcuts';
import { age, count, words } from '../ui/format';
import { AccountLink, Ago, Badge, Key, Panel } from '../ui/parts';
import { Empty, ErrorNotice, Found } from '../ui/states';
import { Mentions } from './Mentions';
import { isClaimed, oldestOf } from './cases';
import { useNextCase } from './useNextCase';

/** What waits where, and the way into it. */
export function QueueOverview() {
  const [queue, setQueue] = useState<string>();
  const queues = useQuery(queuesQuery);
  const cases = useQuery(openCasesQuery(queue));
  const mayReview = useMay('review');
  const { next, isBusy, error } = useNextCase(queue);
  useShortcuts('Review', mayReview ? [{ keys: 'n', label: 'Claim the next case', run: next }] : []);
  return (
    <div className="page">
      <div className="title-row">
        <h1>Review</h1>
        {mayReview && (
          <Button className="button primary" onPress={next} isDisabled={isBusy}>
            Next case <Key>n</Key>
          </Button>
        )}
      </div>
      {error && <ErrorNotice error={error} />}
      <Found query={queues} what="the queues">
        {(found) => <Queues queues={found.queues} chosen={queue} choose={setQueue} />}
      </Found>
      <Mentions />
      <Panel
        title={queue ? `Open cases in ${queue}` : 'Open cases'}
        aside={<span className="dim">in the order in which they come up</span>}
      >
        <Found query={cases} what="the cases">
          {(found) => <Cases page={found} />}
        </Found>
      </Panel>
    </div>
  );
}

function Queues({
  queues,
  chosen,
  choose,
}: {
  queues: Schemas['Queue'][];
  chosen: string | undefined;
  choose: (queue: string | undefined) => void;
}) {
  return (
    <ul className="cards" aria-label="Queues">
      {queues.map((queue) => (
        <li key={queue.queue_id}>
          <Button
            className="card"
            aria-pressed={queue.queue_id === chosen}
            onPress={() => choose(queue.queue_id === chosen ? undefined : queue.queue_id)}
          >
            <span className="figure">{count(queue.open_count)}</span>
            <span>{words(queue.queue_id)}</span>
            <span className="dim">{count(queue.unclaimed_count)} unclaimed</span>
            {queue.late_count > 0 && <Badge tone="bad">{count(queue.late_count)} late</Badge>}
            {queue.due_soon_count > 0 && <Badge tone="warn">{count(queue.due_soon_count)} due soon</Badge>}
          </Button>
        </li>
      ))}
    </ul>
  );
}

function Cases({ page }: { page: Schemas['CasePage'] }) {
  const { cases } = page;
  const oldest = oldestOf(cases);
  if (cases.length === 0) return <Empty>Nothing waits. New cases show up here by themselves.</Empty>;
  return (
    <>
      <p className="dim">
        {count(cases.length)}
        {page.next ? ' shown of more' : ' open'}, the oldest from {oldest && <Ago at={oldest} />};{' '}
        {count(cases.filter((one) => one.deadline).length)} with a deadline,{' '}
        {count(cases.filter(isClaimed).length)} claimed
      </p>
      <div className="scroll">
        <table className="table">
          <thead>
            <tr>
              <th>Account</th>
              <th>Why</th>
              <th>Policy</th>
              <th className="number">Reports</th>
              <th className="number">Weight</th>
              <th className="number">Reach</th>
              <th>Opened</th>
              <th>Due</th>
              <th>Held by</th>
            </tr>
          </thead>
          <tbody>
            {cases.map((one) => (
              <CaseRow key={one.case_id} one={one} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function CaseRow({ one }: { one: Schemas['Case'] }) {
  return (
    <tr>
      <td>
        <Link href={`/review/${one.case_id}`}>
          <bdi>{one.account_id}</bdi>
        </Link>
        {one.is_protected && <Badge tone="info">protected</Badge>}
      </td>
      <td>
        {one.sources.map(words).join(', ')}
        {one.incarnation_of[0] && (
          <>
            {' '}
            of <AccountLink accountId={one.incarnation_of[0]} />
          </>
        )}
      </td>
      <td>{one.policy_id && words(one.policy_id)}</td>
      <td className="number">{one.report_count}</td>
      <td className="number">{one.weight.toFixed(1)}</td>
      <td className="number">{one.reach == null ? '–' : count(one.reach)}</td>
      <td>
        <Ago at={one.opened_at} />
      </td>
      <td>{one.deadline ? <Badge tone="warn">{age(one.deadline.at)}</Badge> : '–'}</td>
      <td>{isClaimed(one) ? <bdi>{one.claim?.operator_id}</bdi> : '–'}</td>
    </tr>
  );
}
