import type { Schemas } from '../api/client';
import { age, instant } from '../ui/format';
import { Badge, type Tone } from '../ui/parts';
import { type Clock, clockOf } from './queue';

const TONES: Record<Clock, Tone> = { 'in time': 'plain', late: 'warn', alarm: 'bad' };
const NOTES: Record<Clock, string> = { 'in time': 'due', late: 'late: was due', alarm: 'alarm: was due' };

/** When an appeal is to be decided, and how loudly that has passed. */
export function DueBadge({ appeal }: { appeal: Schemas['Appeal'] }) {
  const clock = clockOf(appeal);
  return (
    <Badge tone={TONES[clock]}>
      <time dateTime={appeal.due_at} title={instant(appeal.due_at)}>
        {NOTES[clock]} {age(appeal.due_at)}
      </time>
    </Badge>
  );
}
