import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from 'react-aria-components';
import { useLocation, useParams } from 'wouter';
import type { Schemas } from '../api/client';
import { accountQuery } from '../api/queries';
import { useMay } from '../app/me';
import { useShortcuts } from '../keyboard/shortcuts';
import { AccountCard } from '../review/AccountCard';
import { EvidenceWaterfall } from '../review/EvidenceWaterfall';
import { words } from '../ui/format';
import { Ago, Badge, Facts, Key, Panel } from '../ui/parts';
import { ErrorNotice, Found } from '../ui/states';
import { AppealTimer } from './AppealTimer';
import { DueBadge } from './DueBadge';
import { RulingBar } from './RulingBar';
import './appeals.css';
import { appealQuery, claimAppeal, heldQuery, statementQuery } from './queries';
import { isTaken } from './queue';
import { useNextAppeal } from './useNextAppeal';

/** One appeal on one screen. */
export default function AppealPage() {
  const { appealId = '' } = useParams();
  const file = useQuery(appealQuery(appealId));
  return (
    <Found query={file} what="the appeal">
      {(found) => <OneAppeal key={appealId} file={found} />}
    </Found>
  );
}

function OneAppeal({ file: { appeal, decision } }: { file: Schemas['AppealFile'] }) {
  const account = useQuery(accountQuery(appeal.account_id));
  const statement = useQuery(statementQuery(appeal.decision_id));
  const weight = decision.evidence.reduce((sum, row) => sum + (row.weight ?? 0), 0);
  return (
    <div className="page">
      <AppealHead appeal={appeal} />
      <div className="case-columns">
        <div className="column">
          <Panel title="What the appellant writes" aside={<span className="dim">by {appeal.channel}</span>}>
            <p className="letter" dir="auto">
              {appeal.text || <span className="dim">Erased.</span>}
            </p>
          </Panel>
          <Found query={account} what="the account">
            {(found) => <AccountCard file={found} />}
          </Found>
        </div>
        <div className="column">
          <Decided decision={decision} />
          <Panel title="What it rests on">
            <EvidenceWaterfall evidence={decision.evidence} weight={weight} />
          </Panel>
        </div>
        <Panel title="What the account was told">
          <Found query={statement} what="the statement of reasons">
            {(found) => <Told statement={found} />}
          </Found>
        </Panel>
      </div>
    </div>
  );
}

function Decided({ decision }: { decision: Schemas['ContestedDecision'] }) {
  return (
    <Panel
      title="What was decided"
      aside={decision.stands ? <Badge>stands</Badge> : <Badge tone="warn">overturned</Badge>}
    >
      <Facts
        rows={[
          ['Decision', words(decision.kind)],
          ['Policy', `${words(decision.policy_id)}, version ${decision.policy_version}`],
          ['Decided', <Ago key="decided" at={decision.decided_at} />],
        ]}
      />
      <blockquote dir="auto">{decision.rationale}</blockquote>
    </Panel>
  );
}

function Told({ statement }: { statement: Schemas['StatementFile'] }) {
  return (
    <>
      {statement.withheld && (
        <p className="notice">
          The account was not told: withheld for {words(statement.withheld)}
          {statement.withheld_until && (
            <>
              , until <Ago at={statement.withheld_until} />
            </>
          )}
          .
        </p>
      )}
      <p className="letter" dir="auto">
        {statement.text}
      </p>
    </>
  );
}

function AppealHead({ appeal }: { appeal: Schemas['Appeal'] }) {
  const [, go] = useLocation();
  const mayReview = useMay('review');
  const claimedUntil = useQuery(heldQuery(appeal.appeal_id)).data;
  const { next, isBusy, error: nextError } = useNextAppeal();
  const claim = useMutation({ mutationFn: () => claimAppeal(appeal.appeal_id) });
  const isOpen = appeal.status === 'open';
  const isMine = isOpen && claimedUntil != null;
  const error = claim.error ?? nextError;
  const canClaim = mayReview && isOpen && !isMine;
  const canGoOn = mayReview && !isMine;
  useShortcuts('This appeal', [
    { keys: 'q', label: 'To the queue', run: () => go('/appeals') },
    ...(canClaim ? [{ keys: 'a', label: 'Claim this appeal', run: () => claim.mutate() }] : []),
    ...(isMine ? [{ keys: 'k', label: 'Keep it longer', run: () => claim.mutate() }] : []),
    ...(canGoOn ? [{ keys: 'n', label: 'Claim the next appeal', run: next }] : []),
  ]);
  return (
    <>
      <div className="title-row">
        <h1>
          Appeal of <bdi>{appeal.account_id}</bdi>
        </h1>
        {appeal.is_urgent && <Badge tone="bad">urgent</Badge>}
        {isOpen && <DueBadge appeal={appeal} />}
        <span className="dim">
          filed <Ago at={appeal.filed_at} />
        </span>
        <span className="end">
          {isMine && <AppealTimer until={claimedUntil} />}
          {isMine && (
            <Button className="button quiet" onPress={() => claim.mutate()}>
              Keep longer <Key>k</Key>
            </Button>
          )}
          {canClaim && (
            <Button className="button primary" onPress={() => claim.mutate()}>
              Claim <Key>a</Key>
            </Button>
          )}
          {canGoOn && (
            <Button className="button" onPress={next} isDisabled={isBusy}>
              Next appeal <Key>n</Key>
            </Button>
          )}
        </span>
      </div>
      {error && <ErrorNotice error={error} />}
      {!isOpen && (
        <div className={appeal.status === 'overturned' ? 'notice good' : 'notice'}>
          <span>
            This appeal is {appeal.status}.{' '}
            {appeal.reasons && <span dir="auto">Reasons: {appeal.reasons}</span>}
          </span>
        </div>
      )}
      {canClaim && isTaken(appeal) && <div className="notice">Somebody holds this appeal.</div>}
      {isMine && <RulingBar appeal={appeal} />}
    </>
  );
}
