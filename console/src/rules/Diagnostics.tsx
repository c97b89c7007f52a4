import { Button } from 'react-aria-components';
import type { Schemas } from '../api/client';
import { Badge } from '../ui/parts';

type Diagnostic = Schemas['Diagnostic'];

/** Every mistake at once, each with the way to mend it. */
export function Diagnostics({
  diagnostics,
  goTo,
}: {
  diagnostics: Diagnostic[];
  goTo?: (diagnostic: Diagnostic) => void;
}) {
  if (diagnostics.length === 0) return null;
  return (
    <ul className="list diagnostics" aria-label="Mistakes">
      {diagnostics.map((one, place) => (
        <li key={place}>
          <Badge tone={one.severity === 'error' ? 'bad' : 'warn'}>{one.severity}</Badge>{' '}
          {goTo ? (
            <Button className="button quiet id" onPress={() => goTo(one)}>
              {where(one)}
            </Button>
          ) : (
            <span className="id">{where(one)}</span>
          )}{' '}
          {one.message}
          {one.hint && <div className="dim">{one.hint}</div>}
        </li>
      ))}
    </ul>
  );
}

function where({ path, line, column }: Diagnostic): string {
  return line === 0 ? path : `${path}:${line}:${column}`;
}
