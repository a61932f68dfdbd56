import type { Spine } from '../../db/spine.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { Live } from './live.ts';

/** What a console process has for its pages. Made once, in `server.ts`. */
export interface ConsoleServices
  extends Pick<Spine, 'config' | 'db' | 'dispatch' | 'catalog' | 'settlers' | 'broker' | 'log' | 'metrics'> {
  ports: Ports;
  live: Live;
  /** Where a person reads the mail that the sandbox keeps; null beside real providers. */
  outboxUrl: string | null;
}
