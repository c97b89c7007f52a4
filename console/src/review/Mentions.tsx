import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { mentionsQuery } from '../api/queries';
import { Panel } from '../ui/parts';
import { Note } from './Notes';

/** Notes on open cases that mention whoever looks; nothing where there is none. */
export function Mentions() {
  const notes = useQuery(mentionsQuery).data?.notes ?? [];
  if (notes.length === 0) return null;
  return (
    <Panel title="You are mentioned" aside={<span className="dim">{notes.length}</span>}>
      <ul className="list">
        {notes.map((note) => (
          <li key={`${note.case_id} ${note.number}`}>
            <Link href={`/review/${note.case_id}`}>To the case</Link>
            <ul className="list">
              <Note note={note} />
            </ul>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
