import { Presets, SingleBar } from 'cli-progress';
import type { Session } from './session.ts';

/** A bar on the terminal, while something long runs. Without a terminal it is nothing. */
export interface Progress {
  update: (done: number, total?: number) => void;
  stop: () => void;
}

export function showProgress(session: Session, title: string, total: number): Progress {
  if (!session.bars) return { update: () => {}, stop: () => {} };
  const bar = new SingleBar(
    {
      stream: session.bars,
      format: `${title} {bar} {percentage}% | {value} of {total} | {eta_formatted} to go`,
      barsize: 30,
      clearOnComplete: true,
      hideCursor: true,
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  return {
    update: (done, newTotal) => {
      if (newTotal !== undefined) bar.setTotal(newTotal);
      bar.update(done);
    },
    stop: () => bar.stop(),
  };
}
