import { useEffect, useState } from 'react';
import { minutesLeft } from '../ui/format';

/** What is left of the claim on an appeal. */
export function AppealTimer({ until }: { until: string }) {
  const [left, setLeft] = useState(() => minutesLeft(until));
  useEffect(() => {
    const timer = setInterval(() => setLeft(minutesLeft(until)), 1_000);
    return () => clearInterval(timer);
  }, [until]);
  return (
    <span className="dim timer" title="Time left of your claim; k keeps it longer">
      yours for {left}
    </span>
  );
}
