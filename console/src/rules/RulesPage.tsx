import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { type Schemas, answered, api } from '../api/client';
import { useMay } from '../app/me';
import { count } from '../ui/format';
import { Ago, Badge, Panel, type Tone } from '../ui/parts';
import { Empty, ErrorNotice, Found } from '../ui/states';
import { RuleSetEditor } from './RuleSetEditor';
import { RuleStats } from './RuleStats';
import { reloadRules, ruleTextQuery, rulesQuery } from './queries';
import './rules.css';

const STARTER: Record<string, string> = {
  'config.yaml': 'labels:\n  fast: { valid_for: [UserId], description: posts faster than people write }\n',
  'main.sml': `EventType: str = JsonData(path='$.type')
UserId: Entity[str] = EntityJson(type='UserId', path='$.account.id', required=False)
PostText: str = JsonData(path='$.post.text', required=False)

PostsAgain = Rule(when_all=[EventType == 'post.created'], description='somebody posts')
WhenRules(rules_any=[PostsAgain], then=[LabelAdd(entity=UserId, label='fast')])
`,
};

/** The rule sets: what is in force, what it does, and what is to come. */
export default function RulesPage() {
  const rules = useQuery(rulesQuery);
  const [version, setVersion] = useState<number>();
  return (
    <div className="page">
      <h1>Rules</h1>
      <Found query={rules} what="the rule sets">
        {({ rule_sets }) => {
          const shown = version ?? rule_sets.find((set) => set.is_in_force)?.version;
          return (
            <>
              <div className="rules-top">
                <Versions sets={rule_sets} shown={shown} show={setVersion} />
                <RuleStats />
              </div>
              {shown === undefined ? (
                <RuleSetEditor files={STARTER} title="A first rule set" />
              ) : (
                <OneVersion key={shown} version={shown} />
              )}
            </>
          );
        }}
      </Found>
    </div>
  );
}

function OneVersion({ version }: { version: number }) {
  const text = useQuery(ruleTextQuery(version));
  return (
    <Found query={text} what="the rules">
      {(found) => <RuleSetEditor files={found.files} title={`Version ${version}`} />}
    </Found>
  );
}

const TONES: Record<string, Tone> = { live: 'good', shadow: 'info', draft: 'plain' };

function Versions({
  sets,
  shown,
  show,
}: {
  sets: Schemas['RuleSetVersion'][];
  shown: number | undefined;
  show: (version: number) => void;
}) {
  const mayPublish = useMay('publish');
  const [error, setError] = useState<Error>();
  const change = (call: Promise<unknown>) => {
    setError(undefined);
    call
      .then(() => reloadRules())
      .catch((failure: unknown) => setError(failure instanceof Error ? failure : new Error(String(failure))));
  };
  return (
    <Panel title="Versions">
      {error && <ErrorNotice error={error} />}
      {sets.length === 0 && <Empty>No rule set was published yet: nothing is evaluated.</Empty>}
      <div className="scroll">
        <table className="table">
          <tbody>
            {[...sets].reverse().map((set) => (
              <tr key={set.version} aria-current={set.version === shown ? 'true' : undefined}>
                <td>
                  <Button className="button quiet" onPress={() => show(set.version)}>
                    Version {set.version}
                  </Button>
                </td>
                <td>
                  <Badge tone={set.is_in_force ? (TONES[set.mode] ?? 'plain') : 'plain'}>
                    {set.is_in_force ? set.mode : `was ${set.mode}`}
                  </Badge>
                </td>
                <td className="number">{count(set.rules)} rules</td>
                <td>
                  <bdi>{set.owner}</bdi>, <Ago at={set.activated_at} />
                </td>
                <td>{mayPublish && <Moves set={set} change={change} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function Moves({
  set,
  change,
}: {
  set: Schemas['RuleSetVersion'];
  change: (call: Promise<unknown>) => void;
}) {
  const params = { path: { version: set.version } };
  const move = (mode: 'live' | 'shadow') =>
    change(answered(api.POST('/v1/rules/{version}/move', { params, body: { mode } })));
  const withdraw = () => change(answered(api.POST('/v1/rules/{version}/withdraw', { params })));
  const isLive = set.is_in_force && set.mode === 'live';
  return (
    <span className="form-row">
      {!isLive && (
        <Button className="button" onPress={() => move('live')}>
          {set.is_in_force ? 'Put live' : 'Roll back to it'}
        </Button>
      )}
      {!(set.is_in_force && set.mode === 'shadow') && (
        <Button className="button" onPress={() => move('shadow')}>
          To shadow
        </Button>
      )}
      {set.is_in_force && (
        <Button className="button danger" onPress={withdraw}>
          Withdraw
        </Button>
      )}
    </span>
  );
}
