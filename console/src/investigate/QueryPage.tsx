import { useMutation, useQuery } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { Button } from 'react-aria-components';
import { useLocation } from 'wouter';
import { type Schemas, Refusal, answered, api } from '../api/client';
import { serverNow } from '../api/clock';
import { useShortcuts } from '../keyboard/shortcuts';
import { rulesQuery } from '../rules/queries';
import { Diagnostics } from '../rules/Diagnostics';
import { Key, Panel } from '../ui/parts';
import { ErrorNotice, Loading } from '../ui/states';
import { QueryResult } from './QueryResult';
import './investigate.css';

/** Names to ask by where no rule set in force has any. */
const NATIVE_LINES = `EventType: str = JsonData(path='$.type')
UserId: Entity[str] = EntityJson(type='UserId', path='$.account.id', required=False)
Handle: str = JsonData(path='$.account.handle', required=False)
Device: Entity[str] = EntityJson(type='Device', path='$.session.device', required=False)
Ip: Entity[str] = EntityJson(type='Ip', path='$.session.ip', required=False)
PostText: str = JsonData(path='$.post.text', required=False)`;

const SPANS = [
  { days: 1, label: 'day' },
  { days: 7, label: '7 days' },
  { days: 30, label: '30 days' },
  { days: 365, label: 'year' },
];

export interface Asked {
  expression: string;
  by: string;
}

/** Asks the whole journal in the language of rules; opens an account by its id. */
export default function QueryPage() {
  const rules = useQuery(rulesQuery);
  if (rules.isPending) return <Loading what="the names in force" />;
  const isLive = rules.data?.rule_sets.some((set) => set.mode === 'live' && set.is_in_force) ?? false;
  return (
    <div className="page">
      <h1>Investigate</h1>
      <AccountSearch />
      <Query initialLines={isLive ? '' : NATIVE_LINES} />
    </div>
  );
}

function AccountSearch() {
  const [, go] = useLocation();
  const [typed, setTyped] = useState('');
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (typed.trim()) go(`/accounts/${encodeURIComponent(typed.trim())}`);
  };
  return (
    <form className="panel form-row" onSubmit={submit}>
      <label className="grow">
        Account
        <input
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          placeholder="its id on the platform"
        />
      </label>
      <Button className="button" type="submit">
        Open
      </Button>
    </form>
  );
}

function Query({ initialLines }: { initialLines: string }) {
  const [expression, setExpression] = useState("EventType == 'post.created'");
  const [lines, setLines] = useState(initialLines);
  const [by, setBy] = useState('day');
  const [name, setName] = useState('UserId');
  const [days, setDays] = useState(30);
  const asked: Asked = { expression, by: by === 'value' ? name : by };
  const run = useMutation({ mutationFn: () => ask(asked, lines, days) });
  const submit = () => run.mutate();
  useShortcuts('Query', [{ keys: 'Mod+Enter', label: 'Run the query', run: submit, whileTyping: true }]);
  return (
    <>
      <Panel title="Ask the journal">
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <label>
            Which events: an expression in the language of rules
            <textarea
              className="code"
              rows={2}
              spellCheck={false}
              value={expression}
              onChange={(event) => setExpression(event.target.value)}
            />
          </label>
          <details open={initialLines !== ''}>
            <summary>Names of its own, one a line</summary>
            <textarea
              className="code"
              aria-label="Names of its own, one a line"
              rows={6}
              spellCheck={false}
              value={lines}
              onChange={(event) => setLines(event.target.value)}
            />
          </details>
          <div className="form-row">
            <label>
              In the last
              <select value={days} onChange={(event) => setDays(Number(event.target.value))}>
                {SPANS.map((span) => (
                  <option key={span.days} value={span.days}>
                    {span.label}
                  </option>
                ))}
              </select>
            </label>
            <label>
              Show
              <select value={by} onChange={(event) => setBy(event.target.value)}>
                <option value="day">counts by day</option>
                <option value="hour">counts by hour</option>
                <option value="value">top values of a name</option>
                <option value="events">the newest events</option>
              </select>
            </label>
            {by === 'value' && (
              <label>
                Name
                <input value={name} onChange={(event) => setName(event.target.value)} />
              </label>
            )}
            <Button className="button primary" type="submit" isDisabled={run.isPending}>
              Run <Key>Ctrl Enter</Key>
            </Button>
          </div>
        </form>
      </Panel>
      {run.isPending && <Loading what="the answer" />}
      {run.error && <ErrorNotice error={run.error} />}
      {run.error instanceof Refusal && <Diagnostics diagnostics={run.error.diagnostics} />}
      {run.data && <QueryResult {...run.data} />}
    </>
  );
}

const TOP = 500;

async function ask(
  asked: Asked,
  lines: string,
  days: number,
): Promise<{ asked: Asked; answer: Schemas['QueryAnswer'] }> {
  const body: Schemas['JournalQuery'] = {
    expression: asked.expression,
    lines: lines.split('\n').filter((line) => line.trim() !== ''),
    since: new Date(serverNow() - days * 86_400_000).toISOString(),
    top: TOP,
    ...(asked.by !== 'events' && { by: asked.by }),
  };
  return { asked, answer: await answered(api.POST('/v1/query', { body })) };
}
