import { useEffect, useState, useSyncExternalStore } from 'react';
import { Button } from 'react-aria-components';
import { useLocation } from 'wouter';
import { useShortcuts } from '../keyboard/shortcuts';
import { words } from '../ui/format';
import { Key } from '../ui/parts';
import { type PendingDecision, pending } from './pending';

/** What was decided and has not been sent yet, with the way back. */
export function PendingDecisions() {
  const waiting = useSyncExternalStore(pending.subscribe, pending.list);
  const [, go] = useLocation();
  useEffect(() => {
    const flush = () => void pending.flush();
    window.addEventListener('pagehide', flush);
    return () => window.removeEventListener('pagehide', flush);
  }, []);
  const undo = () => {
    const taken = pending.undo();
    if (taken) go(`/review/${taken.caseId}`);
  };
  useShortcuts('Decisions', [{ keys: 'z', label: 'Undo the last decision, while it waits', run: undo }]);
  return (
    <aside className="pending" aria-label="Decisions about to be sent" aria-live="polite">
      {waiting.map((decision) => (
        <div key={decision.caseId} className={decision.failure ? 'notice error' : 'notice'}>
          {decision.failure ? (
            <Failed decision={decision} failure={decision.failure} />
          ) : (
            <>
              <span>
                {words(decision.body.kind)}: <bdi>{decision.accountId}</bdi>
              </span>
              <Countdown until={decision.sendsAt} />
              <Button className="button" onPress={undo}>
                Undo <Key>z</Key>
              </Button>
            </>
          )}
        </div>
      ))}
    </aside>
  );
}

function Failed({ decision, failure }: { decision: PendingDecision; failure: string }) {
  const [, go] = useLocation();
  const look = () => {
    pending.drop(decision.caseId);
    go(`/review/${decision.caseId}`);
  };
  return (
    <>
      <span>
        Not decided: <bdi>{decision.accountId}</bdi>. {failure}
      </span>
      <Button className="button" onPress={look}>
        To the case
      </Button>
    </>
  );
}

function Countdown({ until }: { until: number }) {
  const [left, setLeft] = useState(() => until - Date.now());
  useEffect(() => {
    const timer = setInterval(() => setLeft(until - Date.now()), 250);
    return () => clearInterval(timer);
  }, [until]);
  return (
    <span className="dim" aria-hidden="true">
      {Math.max(0, Math.ceil(left / 1_000))} s
    </span>
  );
}
