import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../api/client';
import { count, words } from '../ui/format';
import { AccountLink, Panel } from '../ui/parts';
import { Found } from '../ui/states';
import { leftOutQuery } from './queries';

const SHOWN = 20;

/** Whom the batch does not touch, and why. */
export function LeftOut({ batchId }: { batchId: string }) {
  const query = useQuery(leftOutQuery(batchId));
  return (
    <Panel title="Left out">
      <Found query={query} what="who is left out">
        {(page) => (
          <>
            <ul className="list">
              {byReason(page.members).map(([reason, members]) => (
                <li key={reason}>
                  <details>
                    <summary>
                      {words(reason)}: {count(members.length)}
                    </summary>
                    {members.slice(0, SHOWN).map(({ account_id }) => (
                      <span key={account_id} className="fact">
                        <AccountLink accountId={account_id} />
                      </span>
                    ))}
                    {members.length > SHOWN && (
                      <span className="dim">and {count(members.length - SHOWN)} more</span>
                    )}
                  </details>
                </li>
              ))}
            </ul>
            {page.next && <p className="dim">These are the first {count(page.members.length)}.</p>}
          </>
        )}
      </Found>
    </Panel>
  );
}

function byReason(members: Schemas['BatchMember'][]): [string, Schemas['BatchMember'][]][] {
  const reasons = new Map<string, Schemas['BatchMember'][]>();
  for (const member of members) {
    const reason = member.reason ?? 'no reason';
    reasons.set(reason, [...(reasons.get(reason) ?? []), member]);
  }
  return [...reasons].sort(([, one], [, other]) => other.length - one.length);
}
