import type { Schemas } from '../api/client';
import { count } from '../ui/format';

const HEIGHT = 90;
const DAY = 20;
const GAP = 4;

/** What came and went on each day: two bars side by side. */
export function FlowChart({ days }: { days: Schemas['DayView'][] }) {
  const most = Math.max(1, ...days.flatMap((day) => [day.opened, day.closed]));
  const height = (cases: number) => (cases / most) * HEIGHT;
  const bar = (DAY - GAP) / 2;
  return (
    <figure className="flow">
      <svg
        viewBox={`0 -12 ${days.length * DAY} ${HEIGHT + 14}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Cases opened and closed on ${days.length} days, at most ${count(most)} on one`}
      >
        {days.map((day, place) => (
          <g key={day.day} transform={`translate(${place * DAY} 0)`}>
            <title>{`${day.day}: ${count(day.opened)} opened, ${count(day.closed)} closed`}</title>
            <rect className="hover" width={DAY} height={HEIGHT} />
            <rect
              className="opened"
              y={HEIGHT - height(day.opened)}
              width={bar}
              height={height(day.opened)}
            />
            <rect
              className="closed"
              x={bar}
              y={HEIGHT - height(day.closed)}
              width={bar}
              height={height(day.closed)}
            />
          </g>
        ))}
        <line className="ground" x2={days.length * DAY} y1={HEIGHT} y2={HEIGHT} />
      </svg>
      <figcaption className="dim">
        <span>{days[0]?.day}</span>
        <span>
          <i className="opened" /> opened <i className="closed" /> closed; the highest bar is {count(most)}
        </span>
        <span>{days.at(-1)?.day}</span>
      </figcaption>
    </figure>
  );
}
