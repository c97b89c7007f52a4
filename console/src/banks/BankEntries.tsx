import { useMutation, useQuery } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { Button } from 'react-aria-components';
import { type Schemas, answered, api } from '../api/client';
import { serverNow } from '../api/clock';
import { queryClient } from '../api/queries';
import { useMay } from '../app/me';
import { count, words } from '../ui/format';
import { Ago, Badge, Panel } from '../ui/parts';
import { Empty, ErrorNotice, Found } from '../ui/states';
import { type SignalKind, kindsOf } from './kinds';
import { bankEntriesQuery, banksQuery } from './queries';

/** How long an entry is put aside by the button. */
const DISABLED_DAYS = 30;

async function reload(bankId: string): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: bankEntriesQuery(bankId).queryKey });
  await queryClient.invalidateQueries({ queryKey: banksQuery.queryKey });
}

/** What is in one bank. */
export function BankEntries({ bank }: { bank: Schemas['BankView'] }) {
  const entries = useQuery(bankEntriesQuery(bank.bank_id));
  const mayPublish = useMay('publish');
  return (
    <Panel title={`Entries of ${bank.name}`} aside={<span className="dim">{count(bank.entries)}</span>}>
      {mayPublish && <AddEntries bank={bank} />}
      <Found query={entries} what="the entries">
        {({ entries: found }) => <Entries bankId={bank.bank_id} entries={found} />}
      </Found>
    </Panel>
  );
}

function AddEntries({ bank }: { bank: Schemas['BankView'] }) {
  const kinds = kindsOf(bank.kind);
  const [values, setValues] = useState('');
  const [kind, setKind] = useState<SignalKind>(kinds[0] ?? 'text');
  const [rollOut, setRollOut] = useState('shadow');
  const [note, setNote] = useState('');
  const add = useMutation({
    mutationFn: () => {
      const lines = values.split('\n').filter((line) => line.trim() !== '');
      const entries = lines.map((value) => ({
        kind,
        value: value.trim(),
        roll_out: rollOut,
        ...(note && { note }),
      }));
      const params = { path: { bank_id: bank.bank_id } };
      return answered(api.POST('/v1/banks/{bank_id}/entries', { params, body: { entries } }));
    },
    onSuccess: async () => {
      setValues('');
      await reload(bank.bank_id);
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <form className="form-row" onSubmit={submit}>
      <label className="grow">
        Add, one a line
        <textarea
          required
          rows={2}
          dir="auto"
          value={values}
          onChange={(event) => setValues(event.target.value)}
        />
      </label>
      <label>
        As
        <select value={kind} onChange={(event) => setKind(event.target.value as SignalKind)}>
          {kinds.map((each) => (
            <option key={each} value={each}>
              {words(each)}
            </option>
          ))}
        </select>
      </label>
      <label>
        Matches reach
        <select value={rollOut} onChange={(event) => setRollOut(event.target.value)}>
          <option value="shadow">nobody (shadow)</option>
          <option value="10%">10 %</option>
          <option value="50%">50 %</option>
          <option value="live">everybody (live)</option>
        </select>
      </label>
      <label>
        Note
        <input dir="auto" value={note} onChange={(event) => setNote(event.target.value)} />
      </label>
      <Button className="button primary" type="submit" isDisabled={add.isPending}>
        Add
      </Button>
      {add.error && <ErrorNotice error={add.error} />}
      {add.data && <span role="status">{count(add.data.entry_ids.length)} added</span>}
    </form>
  );
}

function Entries({ bankId, entries }: { bankId: string; entries: Schemas['EntryView'][] }) {
  const mayPublish = useMay('publish');
  const change = useMutation({
    mutationFn: ({ entry, what }: { entry: Schemas['EntryView']; what: Change }) =>
      carryOut(bankId, entry, what),
    onSuccess: () => reload(bankId),
  });
  if (entries.length === 0) return <Empty>The bank is empty.</Empty>;
  return (
    <div className="scroll">
      {change.error && <ErrorNotice error={change.error} />}
      <table className="table">
        <thead>
          <tr>
            <th>Value</th>
            <th>As</th>
            <th>Reaches</th>
            <th className="number">Matches</th>
            <th className="number">In shadow</th>
            <th>Added</th>
            <th>Note</th>
            {mayPublish && (
              <th>
                <span className="visually-hidden">Changes</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.entry_id}>
              <td className="id" dir="auto">
                {entry.value ?? <span className="dim">no longer kept</span>}
              </td>
              <td>{words(entry.kind)}</td>
              <td>
                {entry.is_in_force ? (
                  <Badge tone={entry.roll_out === 'live' ? 'good' : 'info'}>{entry.roll_out}</Badge>
                ) : (
                  <Badge tone="warn">put aside</Badge>
                )}
              </td>
              <td className="number">{count(entry.matches)}</td>
              <td className="number">{count(entry.shadow_matches)}</td>
              <td>
                <Ago at={entry.added_at} />
              </td>
              <td dir="auto">{entry.note}</td>
              {mayPublish && (
                <td>
                  <span className="form-row">
                    <Button
                      className="button"
                      onPress={() => change.mutate({ entry, what: entry.is_in_force ? 'disable' : 'enable' })}
                    >
                      {entry.is_in_force ? `Put aside for ${DISABLED_DAYS} days` : 'Put in force'}
                    </Button>
                    <Button
                      className="button danger"
                      onPress={() => change.mutate({ entry, what: 'remove' })}
                    >
                      Remove
                    </Button>
                  </span>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type Change = 'disable' | 'enable' | 'remove';

function carryOut(bankId: string, entry: Schemas['EntryView'], what: Change): Promise<unknown> {
  const params = { path: { bank_id: bankId } };
  const entry_ids = [entry.entry_id];
  if (what === 'remove') {
    return answered(api.POST('/v1/banks/{bank_id}/entries/remove', { params, body: { entry_ids } }));
  }
  // A time that is over puts an entry in force again.
  const days = what === 'disable' ? DISABLED_DAYS : -1;
  const until = new Date(serverNow() + days * 86_400_000).toISOString();
  return answered(api.POST('/v1/banks/{bank_id}/entries/disable', { params, body: { entry_ids, until } }));
}
