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
  /** Since when this process knows of the problem; null while there is none. */
  since: Date | null;
  ms: number;
}

export interface HealthDeps {
  db: Database;
  broker: Broker;
  ports: Pick<Ports, 'files' | 'stripe' | 'mailer'>;
}

const patienceMs = 5_000;

/** Asks all of them at once, none longer than five seconds. Never rejects. @param before the last report, if there is one. */
export async function checkHealth(
  { db, broker, ports }: HealthDeps,
  before: HealthReport | null,
): Promise<HealthReport> {
  const asked: [string, () => Promise<unknown>][] = [
    ['Database', () => db.one('select 1 as one')],
    ['Broker', () => broker.check()],
    ['File store', () => ports.files.check()],
    ['Stripe', () => ports.stripe.retrieveBalance(null)],
    ['Mail', () => ports.mailer.check()],
  ];
  const checks = asked.map(async ([name, ask]): Promise<HealthCheck> => {
    const check = await checkOne(name, ask);
    const known = before?.checks.find(one => one.name === name)?.since ?? null;
    return { ...check, since: check.problem === null ? null : (known ?? new Date()) };
  });
  return { at: new Date(), checks: await Promise.all(checks) };
}

async function checkOne(name: string, ask: () => Promise<unknown>): Promise<Omit<HealthCheck, 'since'>> {
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
