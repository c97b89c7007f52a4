import { useEffect, useState } from 'react';
import { type Schemas, answered, api } from '../api/client';
import { serverNow } from '../api/clock';
import { caseQuery, queryClient } from '../api/queries';
import { minutesLeft } from '../ui/format';

/** A claim is prolonged while somebody was at the keyboard within that time. */
const ACTIVE_MS = 5 * 60_000;
/** … and once it has less left than that. */
const PROLONG_BELOW_MS = 8 * 60_000;

/** What is left of the claim; prolongs it while the reviewer works. */
export function ClaimTimer({ caseId, claim }: { caseId: string; claim: Schemas['Claim'] }) {
  const [expiresAt, setExpiresAt] = useState(claim.expires_at);
  const [left, setLeft] = useState(() => minutesLeft(claim.expires_at));
  useEffect(() => {
    let activeAt = Date.now();
    let isProlonging = false;
    const active = () => (activeAt = Date.now());
    const prolong = () => {
      isProlonging = true;
      const params = { path: { case_id: caseId } };
      answered(api.POST('/v1/cases/{case_id}/heartbeat', { params, body: { claim_id: claim.claim_id } }))
        .then((prolonged) => setExpiresAt(prolonged.expires_at))
        .catch(() => queryClient.invalidateQueries({ queryKey: caseQuery(caseId).queryKey }));
    };
    const timer = setInterval(() => {
      setLeft(minutesLeft(expiresAt));
      const isDue = Date.parse(expiresAt) - serverNow() < PROLONG_BELOW_MS;
      if (isDue && !isProlonging && Date.now() - activeAt < ACTIVE_MS) prolong();
    }, 1_000);
    window.addEventListener('keydown', active);
    window.addEventListener('pointermove', active);
    return () => {
      clearInterval(timer);
      window.removeEventListener('keydown', active);
      window.removeEventListener('pointermove', active);
    };
  }, [caseId, claim.claim_id, expiresAt]);
  return (
    <span className="dim timer" title="Time left of your claim; it is prolonged while you work">
      yours for {left}
    </span>
  );
}
