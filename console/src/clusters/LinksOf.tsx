import { useMemo, useState } from 'react';
import { Button } from 'react-aria-components';
import type { Schemas } from '../api/client';
import { useMay } from '../app/me';
import { ProposeBatch } from '../batches/ProposeBatch';
import { count, words } from '../ui/format';
import { AccountsTable } from './AccountsTable';
import { GraphCanvas } from './GraphCanvas';
import { membersOf } from './members';
import { type EvidenceGroup, graphOf } from './graph';

/** Graph and table of the same accounts, with one selection. */
export function LinksOf({ found }: { found: Schemas['Similar'][] }) {
  const groups = useMemo(() => groupsOf(found), [found]);
  const [shown, setShown] = useState<ReadonlySet<EvidenceGroup>>(() => new Set(groups));
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isProposing, setProposing] = useState(false);
  const mayReview = useMay('review');
  const graph = useMemo(() => graphOf(found, shown), [found, shown]);
  const members = useMemo(() => membersOf(found, shown), [found, shown]);
  const select = (accounts: string[], isAdded: boolean) =>
    setSelected((before) => new Set([...(isAdded ? before : []), ...accounts]));
  const chosen = members.filter((member) => selected.has(member.accountId));
  return (
    <>
      <GroupFilter groups={groups} shown={shown} show={setShown} />
      <div className="pair">
        <div>
          <GraphCanvas graph={graph} selected={selected} select={select} />
          <p className="legend">
            <span>
              <span className="dot seed" aria-hidden="true" />
              accounts to begin with
            </span>
            <span>
              <span className="dot" aria-hidden="true" />
              accounts
            </span>
            <span>
              <span className="dot entity" aria-hidden="true" />
              what they share: thick for what is rare, faint for what many use
            </span>
          </p>
        </div>
        <div>
          <div className="form-row">
            <span role="status">{count(chosen.length)} selected</span>
            <Button
              className="button"
              onPress={() =>
                select(
                  members.map((member) => member.accountId),
                  false,
                )
              }
            >
              All
            </Button>
            <Button className="button" onPress={() => select([], false)} isDisabled={chosen.length === 0}>
              None
            </Button>
            {mayReview && (
              <Button
                className="button primary"
                isDisabled={chosen.length === 0}
                onPress={() => setProposing(true)}
              >
                Propose a batch …
              </Button>
            )}
          </div>
          <AccountsTable members={members} selected={selected} select={setSelected} />
        </div>
      </div>
      {isProposing && <ProposeBatch members={chosen} close={() => setProposing(false)} />}
    </>
  );
}

function groupsOf(found: Schemas['Similar'][]): EvidenceGroup[] {
  const rows = found.flatMap(({ candidates }) => candidates.flatMap(({ evidence }) => evidence));
  return [...new Set(rows.map((row) => row.group))].sort();
}

function GroupFilter({
  groups,
  shown,
  show,
}: {
  groups: EvidenceGroup[];
  shown: ReadonlySet<EvidenceGroup>;
  show: (groups: ReadonlySet<EvidenceGroup>) => void;
}) {
  const toggle = (group: EvidenceGroup) => {
    const next = new Set(shown);
    if (!next.delete(group)) next.add(group);
    show(next);
  };
  return (
    <fieldset className="groups">
      <legend className="dim">Evidence that counts</legend>
      {groups.map((group) => (
        <label key={group}>
          <input type="checkbox" checked={shown.has(group)} onChange={() => toggle(group)} />
          {words(group)}
        </label>
      ))}
    </fieldset>
  );
}
