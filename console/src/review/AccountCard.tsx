import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../api/client';
import { accountQuery } from '../api/queries';
import { age, count, words } from '../ui/format';
import { AccountLink, Ago, Badge, Facts, Panel, Standing } from '../ui/parts';
import { isInForce } from './cases';
import { inWords } from './strikes';

/** Who a case or an appeal is about. */
export function AccountCard({ file }: { file: Pick<Schemas['CaseFile'], 'account' | 'strikes'> }) {
  const { account } = file;
  const seen = useQuery(accountQuery(account.account_id)).data?.seen;
  return (
    <Panel title="Account" aside={<Standing standing={account.standing} />}>
      <Facts
        rows={[
          ['Id', <AccountLink key="id" accountId={account.account_id} />],
          ['Seen', seen ? `${seen.first_day} to ${seen.last_day}` : '–'],
          ['Events', seen ? count(seen.event_count) : '–'],
          ['Linked to', seen ? `${count(seen.link_count)} entities` : '–'],
          ['Followers', account.reach == null ? '–' : count(account.reach)],
          ['Last judged', account.judged_at ? <Ago key="judged" at={account.judged_at} /> : 'never'],
          ['Strikes', inWords(file.strikes)],
        ]}
      />
      <p className="badges">
        {account.is_protected && <Badge tone="info">protected</Badge>}
        {account.is_under_legal_hold && <Badge tone="warn">legal hold</Badge>}
        {account.erased_at && <Badge>erased</Badge>}
        {account.hold && isInForce(account.hold) && (
          <Badge tone="warn">reach held back, ends {age(account.hold.expires_at)}</Badge>
        )}
        {account.sanctions.map((sanction) => (
          <Badge key={sanction.action_id} tone="bad">
            {words(sanction.kind)}
            {sanction.label ? ` ${sanction.label}` : ''} in force
          </Badge>
        ))}
      </p>
    </Panel>
  );
}
