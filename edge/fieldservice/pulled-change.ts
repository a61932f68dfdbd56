import type { PulledRow } from '../../db/fieldservice/records.ts';
import { type FieldViewer, shownFields } from '../../shared/field-records.ts';

/** A record that has changed, as a device is told. One that is not theirs to see any more is a delete to them. */
export function pulledChange(row: PulledRow, viewer: FieldViewer) {
  const { entity, id, payload, changedAt, deleted, visible } = row;
  const named = { entity, entityId: id, updatedAt: changedAt };
  if (deleted || !visible) return { op: 'delete' as const, ...named };
  return { op: 'upsert' as const, ...named, payload: shownFields(entity, id, payload, viewer) };
}
