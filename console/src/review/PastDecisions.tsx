import type { Schemas } from '../api/client';
import { words } from '../ui/format';
import { Ago, Badge, Panel } from '../ui/parts';
import { Empty } from '../ui/states';
import { Overturn } from './Overturn';

/** What was decided on the account before, newest first. */
export function PastDecisions({ decisions }: { decisions: Schemas['Decision'][] }) {
  return (
    <Panel title="Past decisions" aside={<span className="dim">{decisions.length}</span>}>
      {decisions.length === 0 && <Empty>None: this would be the first.</Empty>}
      <ul className="list">
        {[...decisions].reverse().map((decision) => (
          <li key={decision.decision_id}>
            <div>
              <strong>{words(decision.kind)}</strong> under {words(decision.policy_id)}{' '}
              {decision.policy_version} {decision.overturn && <Badge tone="warn">overturned</Badge>}
            </div>
            <blockquote dir="auto">{decision.rationale}</blockquote>
            <div className="dim">
              {decision.decided_by ? <bdi>{decision.decided_by}</bdi> : 'Not told while an appeal waits'},{' '}
              <Ago at={decision.decided_at} />
            </div>
            <Overturn decision={decision} />
            {decision.overturn && (
              <blockquote dir="auto">
                {decision.overturn.reason} — <bdi>{decision.overturn.overturned_by}</bdi>
              </blockquote>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
