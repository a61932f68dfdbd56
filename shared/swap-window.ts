/** A swap may be asked for, and taken, until so long before the start of the work. */
export const swapClosesBeforeMs = 4 * 3_600_000;
/** One that nobody takes for so long goes back to who asked for it. */
export const swapLastsMs = 24 * 3_600_000;
