import type { Schemas } from '../api/client';
import { likelier, percent, words } from '../ui/format';
import { Badge } from '../ui/parts';
import { Empty } from '../ui/states';
import { type Bar, waterfall } from './waterfall';

/** Why the account was put here: each row in words, with what it adds to the sum. */
export function EvidenceWaterfall({
  evidence,
  weight,
  probability,
  isCalibrated,
}: {
  evidence: Schemas['Evidence'][];
  weight: number;
  probability?: number;
  isCalibrated?: boolean;
}) {
  if (evidence.length === 0) return <Empty>Nothing but the reports speaks for this case.</Empty>;
  return (
    <>
      <ol className="waterfall">
        {waterfall(evidence).map((bar, place) => (
          <Row key={place} bar={bar} />
        ))}
      </ol>
      {weight !== 0 && (
        <p className="sum">
          Together <strong>{weight.toFixed(1)} bits</strong>: {likelier(weight)} than by chance
          {probability !== undefined && probability > 0 && (
            <>
              , {percent(probability)} likely to be a violation{' '}
              {isCalibrated ? (
                <Badge tone="good">calibrated</Badge>
              ) : (
                <Badge tone="warn">not yet calibrated</Badge>
              )}
            </>
          )}
        </p>
      )}
    </>
  );
}

function Row({ bar: { row, from, to } }: { bar: Bar }) {
  const weight = row.weight ?? 0;
  const [left, right] = from < to ? [from, to] : [to, from];
  return (
    <li>
      <span className="group">{words(row.group)}</span>
      <span className="text" dir="auto">
        {row.text}
      </span>
      <span className="bits">
        {weight === 0 ? '' : `${weight > 0 ? '+' : '−'}${Math.abs(weight).toFixed(1)}`}
      </span>
      {weight !== 0 && (
        <svg
          className={weight < 0 ? 'bar against' : 'bar'}
          viewBox="0 0 100 6"
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          <rect x={left * 100} width={(right - left) * 100} height="6" rx="1" />
        </svg>
      )}
    </li>
  );
}
