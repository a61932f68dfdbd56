import type { Database } from '../../db/connect.ts';
import type { Broker } from '../../shared/broker/broker.ts';
import type { Ports } from '../../shared/ports/ports.ts';

/** What this system rests on, and whether it answers. */
export interface HealthReport {
  at: Date;
  checks: HealthCheck[];
}

export interface HealthCheck {
  name: string;
  /** Null: well. */
  problem: string | null;
  ms: number;
}

export interface HealthDeps {
  db: Database;
  broker: Broker;
  ports: Pick<Ports, 'files' | 'stripe' | 'mailer'>;
}

const patienceMs = 5_000;

/** Asks all of them at once, none longer than five seconds. Never rejects. */
export async function checkHealth({ db, broker, ports }: HealthDeps): Promise<HealthReport> {
  const asked: [string, () => Promise<unknown>][] = [
    ['Database', () => db.one('select 1 as one')],
    ['Broker', () => broker.check()],
    ['File store', () => ports.files.check()],
    ['Stripe', () => ports.stripe.retrieveBalance(null)],
    ['Mail', () => ports.mailer.check()],
  ];
  return { at: new Date(), checks: await Promise.all(asked.map(([name, ask]) => checkOne(name, ask))) };
}

async function checkOne(name: string, ask: () => Promise<unknown>): Promise<HealthCheck> {
  const startedMs = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${patienceMs / 1_000} s`)), patienceMs);
  });
  try {
    await Promise.race([ask(), late]);
    return { name, problem: null, ms: performance.now() - startedMs };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { name, problem, ms: performance.now() - startedMs };
  } finally {
    clearTimeout(timer);
  }
}
