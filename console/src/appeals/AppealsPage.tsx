import { useQuery } from '@tanstack/react-query';
import { Button } from 'react-aria-components';
import { Link } from 'wouter';
import type { Schemas } from '../api/client';
import { useMay } from '../app/me';
import { useShortcuts } from '../keyboard/shortcuts';
import { count } from '../ui/format';
import { Ago, Badge, Key, Panel } from '../ui/parts';
import { Empty, ErrorNotice, Found } from '../ui/states';
import { DueBadge } from './DueBadge';
import { appealsQuery } from './queries';
import { ALARM_DAYS, TARGET_DAYS, clockOf, inTurn, isTaken } from './queue';
import { useNextAppeal } from './useNextAppeal';

/** The appeals that wait, and the way into them. */
export default function AppealsPage() {
  const appeals = useQuery(appealsQuery);
  const mayReview = useMay('review');
  const { next, isBusy, error } = useNextAppeal();
  useShortcuts('Appeals', mayReview ? [{ keys: 'n', label: 'Claim the next appeal', run: next }] : []);
  return (
    <div className="page">
      <div className="title-row">
        <h1>Appeals</h1>
        {mayReview && (
          <Button className="button primary" onPress={next} isDisabled={isBusy}>
            Next appeal <Key>n</Key>
          </Button>
        )}
      </div>
      {error && <ErrorNotice error={error} />}
      <Panel
        title="Open appeals"
        aside={
          <span className="dim">
            to be decided within {TARGET_DAYS} days, an alarm after {ALARM_DAYS}
          </span>
        }
      >
        <Found query={appeals} what="the appeals">
          {(found) => <Queue appeals={inTurn(found.appeals)} />}
        </Found>
      </Panel>
    </div>
  );
}

function Queue({ appeals }: { appeals: Schemas['Appeal'][] }) {
  if (appeals.length === 0) return <Empty>Nothing waits. New appeals show up here by themselves.</Empty>;
  const number = (counts: (appeal: Schemas['Appeal']) => boolean) => count(appeals.filter(counts).length);
  return (
    <>
      <p className="dim">
        {count(appeals.length)} open, {number((each) => each.is_urgent)} urgent,{' '}
        {number((each) => clockOf(each) !== 'in time')} late, {number((each) => isTaken(each))} claimed
      </p>
      <div className="scroll">
        <table className="table">
          <thead>
            <tr>
              <th>Account</th>
              <th>What the appellant writes</th>
              <th>Came by</th>
              <th>Filed</th>
              <th>Due</th>
              <th>Claimed</th>
            </tr>
          </thead>
          <tbody>
            {appeals.map((appeal) => (
              <AppealRow key={appeal.appeal_id} appeal={appeal} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

const EXCERPT_CHARS = 120;

function AppealRow({ appeal }: { appeal: Schemas['Appeal'] }) {
  const { text } = appeal;
  return (
    <tr>
      <td>
        <Link href={`/appeals/${appeal.appeal_id}`}>
          <bdi>{appeal.account_id}</bdi>
        </Link>{' '}
        {appeal.is_urgent && <Badge tone="bad">urgent</Badge>}
      </td>
      <td dir="auto">{text.length > EXCERPT_CHARS ? `${text.slice(0, EXCERPT_CHARS)} …` : text}</td>
      <td>{appeal.channel}</td>
      <td>
        <Ago at={appeal.filed_at} />
      </td>
      <td>
        <DueBadge appeal={appeal} />
      </td>
      <td>{isTaken(appeal) ? 'yes' : '–'}</td>
    </tr>
  );
}
