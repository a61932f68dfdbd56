/** Something that must not be. */
export interface Finding {
  /** `lost`: promised and not done, `doubled`: done more than once, `wrong`: whatever else breaks a promise. */
  sort: 'lost' | 'doubled' | 'wrong';
  what: string;
  /** When the work that it is about was taken in, epoch milliseconds. */
  atMs: number | null;
}

export function finding(sort: Finding['sort'], what: string, at: number | Date | null = null): Finding {
  return { sort, what, atMs: at instanceof Date ? at.getTime() : at };
}
