import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Schemas } from '../api/client';
import { similarQuery } from '../api/queries';
import { percent } from '../ui/format';
import { AccountLink, Ago, Panel } from '../ui/parts';
import { Empty, Found } from '../ui/states';

const SIMILAR_COUNT = 8;

/** Accounts like this one, and earlier ones of what is probably the same holder. */
export function SimilarAccounts({ file }: { file: Schemas['CaseFile'] }) {
  const similar = useQuery(similarQuery(file.case.account_id, SIMILAR_COUNT));
  return (
    <>
      {file.incarnations.length > 0 && (
        <Panel title="Probably the same holder">
          <ul className="list">
            {file.incarnations.map((one) => (
              <li key={one.predecessor_id}>
                <AccountLink accountId={one.predecessor_id} /> <strong>{one.weight.toFixed(1)} bits</strong>{' '}
                <span className="dim">
                  suspended before, found <Ago at={one.proposed_at} />
                </span>
                <FirstRow evidence={one.evidence} />
              </li>
            ))}
          </ul>
        </Panel>
      )}
      <Panel
        title="Similar accounts"
        aside={<Link href={`/clusters?seeds=${encodeURIComponent(file.case.account_id)}`}>as a graph</Link>}
      >
        <Found query={similar} what="similar accounts">
          {({ candidates }) => <Candidates candidates={candidates} />}
        </Found>
      </Panel>
    </>
  );
}

export function Candidates({ candidates }: { candidates: Schemas['Candidate'][] }) {
  if (candidates.length === 0) return <Empty>No account shares anything rare with it.</Empty>;
  return (
    <ul className="list">
      {candidates.map((candidate) => (
        <li key={candidate.account_id}>
          <AccountLink accountId={candidate.account_id} /> <strong>{candidate.weight.toFixed(1)} bits</strong>{' '}
          <span className="dim">{percent(candidate.probability)}</span>
          <FirstRow evidence={candidate.evidence} />
        </li>
      ))}
    </ul>
  );
}

function FirstRow({ evidence }: { evidence: Schemas['Evidence'][] }) {
  const [first, ...rest] = evidence;
  if (!first) return null;
  return (
    <details>
      <summary dir="auto">{first.text}</summary>
      {rest.map((row) => (
        <p key={row.text} className="small" dir="auto">
          {row.text}
        </p>
      ))}
    </details>
  );
}
