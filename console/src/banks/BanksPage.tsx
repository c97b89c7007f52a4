import { useMutation, useQuery } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { Button } from 'react-aria-components';
import { type Schemas, answered, api } from '../api/client';
import { policiesQuery, queryClient } from '../api/queries';
import { useMay } from '../app/me';
import { PolicySelect } from '../review/DecisionFields';
import { currentPolicies } from '../review/policies';
import { count, words } from '../ui/format';
import { Badge, Panel } from '../ui/parts';
import { Empty, ErrorNotice, Found } from '../ui/states';
import { BankEntries } from './BankEntries';
import { type BankKind, contentOf } from './kinds';
import { banksQuery } from './queries';

/** Banks of known content: what is in them, and what it met. */
export default function BanksPage() {
  const banks = useQuery(banksQuery);
  const [bankId, setBankId] = useState<string>();
  const mayPublish = useMay('publish');
  return (
    <div className="page">
      <h1>Banks</h1>
      <LookUp />
      <Found query={banks} what="the banks">
        {({ banks: found }) => {
          const chosen = found.find((bank) => bank.bank_id === bankId) ?? found[0];
          return (
            <>
              <Panel title="All banks">
                <Banks banks={found} chosen={chosen?.bank_id} choose={setBankId} />
                {mayPublish && <NewBank made={setBankId} />}
              </Panel>
              {chosen && <BankEntries key={chosen.bank_id} bank={chosen} />}
            </>
          );
        }}
      </Found>
    </div>
  );
}

function Banks({
  banks,
  chosen,
  choose,
}: {
  banks: Schemas['BankView'][];
  chosen: string | undefined;
  choose: (bankId: string) => void;
}) {
  if (banks.length === 0) return <Empty>None yet.</Empty>;
  return (
    <div className="scroll">
      <table className="table">
        <thead>
          <tr>
            <th>Bank</th>
            <th>Holds</th>
            <th>Policy</th>
            <th className="number">Entries</th>
            <th className="number">Live</th>
            <th className="number">Matches</th>
            <th className="number">In shadow</th>
            <th>Owner</th>
          </tr>
        </thead>
        <tbody>
          {banks.map((bank) => (
            <tr key={bank.bank_id} aria-current={bank.bank_id === chosen ? 'true' : undefined}>
              <td>
                <Button className="button quiet" onPress={() => choose(bank.bank_id)}>
                  <bdi>{bank.name}</bdi>
                </Button>
              </td>
              <td>{words(bank.kind)}</td>
              <td>{words(bank.policy_id)}</td>
              <td className="number">{count(bank.entries)}</td>
              <td className="number">{count(bank.live_entries)}</td>
              <td className="number">{count(bank.matches)}</td>
              <td className="number">{count(bank.shadow_matches)}</td>
              <td>
                <bdi>{bank.owner}</bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function NewBank({ made }: { made: (bankId: string) => void }) {
  const policies = currentPolicies(useQuery(policiesQuery).data?.policies ?? []);
  const [bankId, setBankId] = useState('');
  const [kind, setKind] = useState<BankKind>('url');
  const [chosenPolicy, setPolicy] = useState('');
  const policyId = chosenPolicy || policies[0]?.policy_id || '';
  const make = useMutation({
    mutationFn: () =>
      answered(
        api.PUT('/v1/banks/{bank_id}', {
          params: { path: { bank_id: bankId.trim() } },
          body: { kind, policy_id: policyId },
        }),
      ),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: banksQuery.queryKey });
      made(bankId.trim());
      setBankId('');
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <details>
      <summary>A new bank</summary>
      <form className="form-row" onSubmit={submit}>
        <label>
          Short name
          <input
            required
            pattern="[a-z0-9][a-z0-9_\-]*"
            value={bankId}
            onChange={(event) => setBankId(event.target.value)}
          />
        </label>
        <label>
          Holds
          <select value={kind} onChange={(event) => setKind(event.target.value as BankKind)}>
            <option value="url">addresses</option>
            <option value="text">texts</option>
            <option value="media">media, by their hashes</option>
          </select>
        </label>
        <PolicySelect
          name="Policy that it breaks"
          policies={policies}
          policyId={policyId}
          choose={setPolicy}
        />
        <Button className="button" type="submit" isDisabled={make.isPending}>
          Make the bank
        </Button>
        {make.error && <ErrorNotice error={make.error} />}
      </form>
    </details>
  );
}

/** Whether anything is known of a text, an address or a hash. */
function LookUp() {
  const [typed, setTyped] = useState('');
  const look = useMutation({
    mutationFn: () => answered(api.POST('/v1/banks/match', { body: contentOf(typed) })),
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (typed.trim()) look.mutate();
  };
  return (
    <form className="panel form-row" onSubmit={submit}>
      <label className="grow">
        Look up a text, an address or a hash in all banks
        <input dir="auto" value={typed} onChange={(event) => setTyped(event.target.value)} />
      </label>
      <Button className="button" type="submit" isDisabled={look.isPending}>
        Look up
      </Button>
      {look.error && <ErrorNotice error={look.error} />}
      {look.data && (
        <span role="status">
          {look.data.matches.length === 0
            ? 'No bank knows it.'
            : look.data.matches.map((match) => (
                <span key={`${match.bank_id} ${match.entry_id}`} className="fact" dir="auto">
                  <Badge tone="warn">{match.bank_id}</Badge> {match.text}
                </span>
              ))}
        </span>
      )}
    </form>
  );
}
