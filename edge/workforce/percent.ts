/** With one decimal, halves up: 3 of 8 is 37.5. Null where there is nothing to take a part of. */
export function percentOf(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((1_000 * part) / whole) / 10;
}

/** How much of what is needed is there; where nothing is needed, nothing is missing: 100. */
export function coverageOf(confirmed: number, needed: number): number {
  return percentOf(confirmed, needed) ?? 100;
}

/** The sum of one figure over some rows. */
export function sumOf<Row>(rows: readonly Row[], figure: (row: Row) => number): number {
  return rows.reduce((sum, row) => sum + figure(row), 0);
}
