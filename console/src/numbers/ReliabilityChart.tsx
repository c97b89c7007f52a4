import type { Schemas } from '../api/client';

const SIZE = 200;

/** What was claimed against what was found, each with its bounds. */
export function ReliabilityChart({ steps }: { steps: Schemas['StepView'][] }) {
  const at = (share: number) => share * SIZE;
  return (
    <svg
      className="reliability"
      viewBox={`-24 -8 ${SIZE + 36} ${SIZE + 30}`}
      role="img"
      aria-label="Claimed probability against the share found; the table says the same"
    >
      <rect className="frame" width={SIZE} height={SIZE} />
      <line className="even" x1={0} y1={SIZE} x2={SIZE} y2={0} />
      {steps.map((step) => (
        <g key={step.from}>
          <line
            className="bounds"
            x1={at(step.claimed)}
            x2={at(step.claimed)}
            y1={SIZE - at(step.low)}
            y2={SIZE - at(step.high)}
          />
          <circle
            cx={at(step.claimed)}
            cy={SIZE - at(step.found)}
            r={Math.min(8, 2.5 + Math.log2(step.cases + 1))}
          />
        </g>
      ))}
      <text x={SIZE / 2} y={SIZE + 16}>
        claimed
      </text>
      <text x={-SIZE / 2} y={-10} transform="rotate(-90)">
        found
      </text>
    </svg>
  );
}
