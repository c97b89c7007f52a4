import { useState } from 'react';
import { AccountLink, Badge } from '../ui/parts';
import type { Member } from './members';

type Order = 'weight' | 'accountId';

/** The twin of the graph: the same accounts, to sort and tick. */
export function AccountsTable({
  members,
  selected,
  select,
}: {
  members: Member[];
  selected: ReadonlySet<string>;
  select: (accounts: ReadonlySet<string>) => void;
}) {
  const [order, setOrder] = useState<Order>('weight');
  const sorted =
    order === 'weight' ? members : [...members].sort((a, b) => a.accountId.localeCompare(b.accountId));
  const toggle = (accountId: string) => {
    const next = new Set(selected);
    if (!next.delete(accountId)) next.add(accountId);
    select(next);
  };
  const head = (name: Order, title: string) => (
    <th aria-sort={order === name ? (name === 'weight' ? 'descending' : 'ascending') : 'none'}>
      <button type="button" onClick={() => setOrder(name)}>
        {title} {order === name && <span aria-hidden="true">▾</span>}
      </button>
    </th>
  );
  return (
    // The table scrolls, so that keys must reach it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="scroll" tabIndex={0} role="region" aria-label="Accounts">
      <table className="table">
        <thead>
          <tr>
            <th>
              <span className="visually-hidden">Selected</span>
            </th>
            {head('accountId', 'Account')}
            {head('weight', 'Bits')}
            <th>What ties it</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((member) => (
            <tr key={member.accountId}>
              <td>
                <input
                  type="checkbox"
                  aria-label={`Select ${member.accountId}`}
                  checked={selected.has(member.accountId)}
                  onChange={() => toggle(member.accountId)}
                />
              </td>
              <td>
                <AccountLink accountId={member.accountId} /> {member.isSeed && <Badge tone="bad">seed</Badge>}
              </td>
              <td className="number">{member.weight.toFixed(1)}</td>
              <td dir="auto">{member.evidence[0]?.text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
