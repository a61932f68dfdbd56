/** Jobs in trouble, as the ticker's leader saw them last: `core.snapshots`, name `failures`. Times are ISO-8601. */
export interface FailuresSnapshot {
  /** The most jobs first. */
  groups: FailureGroup[];
}

/** Jobs of one kind that failed with one fault. */
export interface FailureGroup {
  kind: string;
  /** The fault's. */
  code: string;
  /** Of the newest. */
  message: string;
  lastId: string;
  /** Have failed for good. */
  failed: number;
  /** Are tried again. */
  retrying: number;
  /** How many owners are hit, and one of them. */
  owners: number;
  anOwner: string;
  firstAt: string;
  lastAt: string;
  /** Jobs by the hour of their fault, the last 24; the present hour is the last. */
  hours: number[];
}
