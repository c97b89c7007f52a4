import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../api/client';
import { count, percent, words } from '../ui/format';
import { Facts, Panel } from '../ui/parts';
import { Empty, Found } from '../ui/states';
import { ReliabilityChart } from './ReliabilityChart';
import { Responses } from './Responses';
import { type Sample, total } from './metrics';
import { metricsQuery, prevalenceQuery, reliabilityQuery, responsesQuery } from './queries';
import './numbers.css';

const PERIODS = [7, 30, 90];

/** How well it goes, out of the record, and how the server fares. */
export default function NumbersPage() {
  const [calibrated, setCalibrated] = useState(false);
  const reliability = useQuery(reliabilityQuery(calibrated));
  const prevalence = useQuery(prevalenceQuery);
  const metrics = useQuery(metricsQuery);
  const [days, setDays] = useState(30);
  const responses = useQuery(responsesQuery(days));
  return (
    <div className="page">
      <h1>Numbers</h1>
      <Panel
        title="How soon people get to cases"
        aside={
          <label>
            the last{' '}
            <select value={days} onChange={(event) => setDays(Number(event.target.value))}>
              {PERIODS.map((period) => (
                <option key={period} value={period}>
                  {period} days
                </option>
              ))}
            </select>
          </label>
        }
      >
        <Found query={responses} what="the response times">
          {(found) => <Responses found={found} />}
        </Found>
      </Panel>
      <div className="pair">
        <Panel
          title="Do probabilities hold?"
          aside={
            <label>
              <input
                type="checkbox"
                checked={calibrated}
                onChange={(event) => setCalibrated(event.target.checked)}
              />
              calibrated ones alone
            </label>
          }
        >
          <Found query={reliability} what="the reliability">
            {(found) => <Reliability found={found} />}
          </Found>
        </Panel>
        <div className="column">
          <Panel title="Violators that nothing surfaced">
            <Found query={prevalence} what="the prevalence">
              {(found) => <Prevalence found={found} />}
            </Found>
          </Panel>
          <Panel title="The server" aside={<span className="dim">since it started</span>}>
            <Found query={metrics} what="the figures">
              {(samples) => <Server samples={samples} />}
            </Found>
          </Panel>
        </div>
      </div>
    </div>
  );
}

function Reliability({ found }: { found: Schemas['ReliabilityView'] }) {
  if (found.cases === 0) return <Empty>No case with a probability was decided yet.</Empty>;
  return (
    <>
      <ReliabilityChart steps={found.steps} />
      <p className="dim">
        {count(found.cases)} decided cases, {count(found.calibrated)} of them calibrated
        {found.brier != null && `; Brier score ${found.brier.toFixed(3)}`}
        {found.calibration_error != null && `; off by ${percent(found.calibration_error, 1)} on average`}. A
        point on the line holds what it claims; the bars say within what bounds 95 times of 100.
      </p>
      <div className="scroll">
        <table className="table">
          <thead>
            <tr>
              <th>Claimed</th>
              <th className="number">Cases</th>
              <th className="number">Violations</th>
              <th className="number">Found</th>
              <th className="number">Between</th>
            </tr>
          </thead>
          <tbody>
            {found.steps.map((step) => (
              <tr key={step.from}>
                <td>
                  {percent(step.from)} to {percent(step.to)}
                </td>
                <td className="number">{count(step.cases)}</td>
                <td className="number">{count(step.violations)}</td>
                <td className="number">{percent(step.found)}</td>
                <td className="number">
                  {percent(step.low)} and {percent(step.high)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Prevalence({ found }: { found: Schemas['PrevalenceView'] }) {
  if (found.share == null || found.low == null || found.high == null) {
    return <Empty>None of the accounts drawn by lot was decided yet.</Empty>;
  }
  return (
    <>
      <p>
        <span className="figure">{percent(found.share, 1)}</span> of accounts, between {percent(found.low, 2)}{' '}
        and {percent(found.high, 1)}
      </p>
      <p className="dim">
        {count(found.violating)} of {count(found.decided)} accounts that were drawn by lot and decided.
      </p>
    </>
  );
}

const FIGURES: [string, string][] = [
  ['Entries taken in', 'cordon_events_accepted_total'],
  ['… that were there already', 'cordon_events_duplicates_total'],
  ['… refused', 'cordon_events_rejected_total'],
  ['Seconds behind', 'cordon_ingest_lag_seconds'],
  ['Decisions overturned', 'cordon_decisions_overturned_total'],
  ['Waiting to leave the house', 'cordon_outbox_pending'],
  ['Given up', 'cordon_outbox_dead'],
];

function Server({ samples }: { samples: Sample[] }) {
  const figures = FIGURES.map(([title, name]): [string, string] => [title, count(total(samples, name) ?? 0)]);
  const decisions = samples
    .filter((sample) => sample.name === 'cordon_decisions_total')
    .map(({ labels, value }): [string, string] => [`Decided: ${words(labels.kind ?? '')}`, count(value)]);
  return <Facts rows={[...figures, ...decisions]} />;
}
