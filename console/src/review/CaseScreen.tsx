import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useLocation } from 'wouter';
import { type Schemas, answered, api } from '../api/client';
import { caseQuery, queryClient, timelineQuery } from '../api/queries';
import { useMay, useMyId } from '../app/me';
import { useShortcuts } from '../keyboard/shortcuts';
import { words } from '../ui/format';
import { Ago, Badge, Key, Panel } from '../ui/parts';
import { ErrorNotice, Found } from '../ui/states';
import { AccountCard } from './AccountCard';
import { ClaimTimer } from './ClaimTimer';
import { DecisionBar } from './DecisionBar';
import { EvidenceWaterfall } from './EvidenceWaterfall';
import { Notes } from './Notes';
import { PastDecisions } from './PastDecisions';
import { Reports } from './Reports';
import { SimilarAccounts } from './SimilarAccounts';
import { Timeline } from './Timeline';
import { isClaimed } from './cases';
import { TIMELINE_COUNT } from './claimNext';
import { needlesOf } from './marks';
import { useNextCase } from './useNextCase';

/** One case on one screen. */
export function CaseScreen({ caseId }: { caseId: string }) {
  const file = useQuery(caseQuery(caseId));
  return (
    <Found query={file} what="the case">
      {(found) => <OneCase file={found} />}
    </Found>
  );
}

function OneCase({ file }: { file: Schemas['CaseFile'] }) {
  const { case: one } = file;
  const timeline = useQuery(timelineQuery(one.account_id, TIMELINE_COUNT));
  const myId = useMyId();
  const isMine = one.status === 'open' && isClaimed(one) && one.claim?.operator_id === myId;
  const evidence = one.evidence;
  return (
    <div className="page case">
      <CaseHead file={file} />
      <div className="case-columns">
        <div className="column">
          <AccountCard file={file} />
          <Panel title="Why it is here">
            <EvidenceWaterfall
              evidence={evidence}
              weight={one.weight}
              probability={one.probability}
              isCalibrated={one.is_calibrated}
            />
          </Panel>
          <Reports reports={file.reports} />
        </div>
        <Panel title="What the account did" className="grow">
          <Found query={timeline} what="the timeline">
            {({ entries }) => <Timeline entries={entries} needles={needlesOf(evidence)} />}
          </Found>
        </Panel>
        <div className="column">
          <Notes file={file} claimId={isMine ? one.claim?.claim_id : undefined} />
          <SimilarAccounts file={file} />
          <PastDecisions decisions={file.decisions} />
        </div>
      </div>
    </div>
  );
}

function CaseHead({ file: { case: one } }: { file: Schemas['CaseFile'] }) {
  const [, go] = useLocation();
  const mayReview = useMay('review');
  const myId = useMyId();
  const [error, setError] = useState<Error>();
  const { next, isBusy, error: nextError } = useNextCase();
  const isMine = isClaimed(one) && one.claim?.operator_id === myId;
  const change = (call: Promise<unknown>) => {
    setError(undefined);
    call
      .then(() => queryClient.invalidateQueries({ queryKey: caseQuery(one.case_id).queryKey }))
      .catch((failure: unknown) => setError(failure instanceof Error ? failure : new Error(String(failure))));
  };
  const claim = () =>
    change(answered(api.POST('/v1/cases/{case_id}/claim', { params: { path: { case_id: one.case_id } } })));
  const release = () => {
    if (!one.claim) return;
    const body = { claim_id: one.claim.claim_id };
    const call = api.POST('/v1/cases/{case_id}/release', {
      params: { path: { case_id: one.case_id } },
      body,
    });
    change(answered(call).then(() => go('/review')));
  };
  const isOpen = one.status === 'open';
  useShortcuts('This case', [
    { keys: 'q', label: 'To the overview', run: () => go('/review') },
    ...(mayReview && isOpen && !isMine ? [{ keys: 'a', label: 'Claim this case', run: claim }] : []),
    ...(mayReview && !isMine ? [{ keys: 'n', label: 'Claim the next case', run: next }] : []),
    ...(isMine && isOpen ? [{ keys: 'b', label: 'Give it back to its queue', run: release }] : []),
  ]);
  return (
    <>
      <div className="title-row">
        <h1>
          <bdi>{one.account_id}</bdi>
        </h1>
        <Badge tone="info">{words(one.queue_id)}</Badge>
        {one.policy_id && <Badge>{words(one.policy_id)}</Badge>}
        {one.is_protected && <Badge tone="warn">protected: needs a second person</Badge>}
        <span className="dim">
          opened <Ago at={one.opened_at} /> by {words(one.opened_by)}
        </span>
        <span className="end">
          {isMine && one.claim && isOpen && <ClaimTimer caseId={one.case_id} claim={one.claim} />}
          {isMine && isOpen && (
            <Button className="button quiet" onPress={release}>
              Give back <Key>b</Key>
            </Button>
          )}
          {mayReview && isOpen && !isMine && (
            <Button className="button primary" onPress={claim}>
              Claim <Key>a</Key>
            </Button>
          )}
          {mayReview && !isMine && (
            <Button className="button" onPress={next} isDisabled={isBusy}>
              Next case <Key>n</Key>
            </Button>
          )}
        </span>
      </div>
      {(error ?? nextError) && <ErrorNotice error={(error ?? nextError) as Error} />}
      {!isOpen && <div className="notice">This case is {words(one.status)}.</div>}
      {isClaimed(one) && !isMine && isOpen && (
        <div className="notice">
          <bdi>{one.claim?.operator_id}</bdi> holds this case.
        </div>
      )}
      {isMine && isOpen && one.claim && <DecisionBar one={one} claimId={one.claim.claim_id} next={next} />}
    </>
  );
}
