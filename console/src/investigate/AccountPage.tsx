import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'wouter';
import { accountQuery, similarQuery, timelineQuery } from '../api/queries';
import { PastDecisions } from '../review/PastDecisions';
import { Candidates } from '../review/SimilarAccounts';
import { Timeline } from '../review/Timeline';
import { needlesOf } from '../review/marks';
import { count } from '../ui/format';
import { Facts, Panel, Standing } from '../ui/parts';
import { Found } from '../ui/states';

const TIMELINE_COUNT = 200;
const SIMILAR_COUNT = 30;

/** Everything about one account. */
export default function AccountPage() {
  const { accountId = '' } = useParams();
  const account = useQuery(accountQuery(accountId));
  const timeline = useQuery(timelineQuery(accountId, TIMELINE_COUNT));
  const similar = useQuery(similarQuery(accountId, SIMILAR_COUNT));
  const needles = needlesOf(similar.data?.candidates.flatMap((one) => one.evidence) ?? []);
  return (
    <div className="page">
      <Found query={account} what="the account">
        {(file) => (
          <>
            <div className="title-row">
              <h1>
                <bdi>{accountId}</bdi>
              </h1>
              <Standing standing={file.account.standing} />
              {file.open_case_id && <Link href={`/review/${file.open_case_id}`}>its open case</Link>}
              <Link href={`/clusters?seeds=${encodeURIComponent(accountId)}`}>graph of its links</Link>
            </div>
            <div className="case-columns">
              <div className="column">
                <Panel title="Account">
                  <Facts
                    rows={[
                      ['First seen', file.seen?.first_day ?? '–'],
                      ['Last seen', file.seen?.last_day ?? '–'],
                      ['Events', file.seen ? count(file.seen.event_count) : '–'],
                      ['Linked to', file.seen ? `${count(file.seen.link_count)} entities` : '–'],
                      ['Followers', file.account.reach == null ? '–' : count(file.account.reach)],
                    ]}
                  />
                </Panel>
                <PastDecisions decisions={file.decisions} />
              </div>
              <Panel title="What the account did" className="grow">
                <Found query={timeline} what="the timeline">
                  {({ entries }) => <Timeline entries={entries} needles={needles} />}
                </Found>
              </Panel>
              <Panel title="Similar accounts" className="column">
                <Found query={similar} what="similar accounts">
                  {({ candidates }) => <Candidates candidates={candidates} />}
                </Found>
              </Panel>
            </div>
          </>
        )}
      </Found>
    </div>
  );
}
