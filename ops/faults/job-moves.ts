import type { Database } from '../../db/connect.ts';

/** The run's own record of every move into or out of a final state, kept by the database itself: nothing that we run writes it. */
const statements = `
create schema faults;
create table faults.moves (
  seq bigint generated always as identity primary key,
  job_id uuid not null,
  kind text not null,
  from_state text not null,
  to_state text not null,
  at timestamptz not null default clock_timestamp()
);
create function faults.note_move() returns trigger language plpgsql as $$
begin
  insert into faults.moves (job_id, kind, from_state, to_state) values (new.id, new.kind, old.state, new.state);
  return null;
end $$;
create trigger note_move after update of state on core.jobs for each row
  when (old.state is distinct from new.state and (old.finished_at is not null or new.finished_at is not null))
  execute function faults.note_move();
`;

export async function watchJobMoves(db: Database): Promise<void> {
  await db.multi(statements);
}
