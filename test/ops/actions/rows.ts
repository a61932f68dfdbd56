import { connectDatabase, type Database } from '../../../db/connect.ts';
import { claimJobs, type ClaimedJob } from '../../../db/core/job-run.ts';
import { getJob, type JobRow } from '../../../db/core/jobs.ts';
import { registerWorker } from '../../../db/core/workers.ts';
import { insertJob } from '../../../db/insert-job.ts';
import { recordOutcome } from '../../../db/record.ts';
import type { Settlers } from '../../../db/settle.ts';
import { loadSettlers } from '../../../db/settlers.ts';
import { transact } from '../../../db/transact.ts';
import { loadCatalog } from '../../../shared/catalog.ts';
import { readConfig } from '../../../shared/config.ts';
import type { PayloadOf } from '../../../shared/job.ts';
import type { DueJob } from '../../../shared/message.ts';
import { noop } from '../../../shared/jobs/noop.ts';
import type { Outcome } from '../../../shared/outcome.ts';
import { uuidV7 } from '../../../shared/uuid.ts';
import { createDatabase } from '../../support/database.ts';

export interface AuditRow {
  actor: string;
  action: string;
  subject: string | null;
  reason: string | null;
  details: Record<string, unknown> | null;
}

/** A database with what operators' verbs need, and hands to bring its jobs into any state. */
export class Rows {
  readonly url: string;
  readonly db: Database;
  readonly sent: DueJob[] = [];
  readonly dispatch = { send: (jobs: readonly DueJob[]) => void this.sent.push(...jobs) };
  readonly config = readConfig({ STRIPE_API_BASE: 'http://127.0.0.1:1' });
  readonly catalog = loadCatalog({ echoKinds: true });
  readonly settlers: Settlers = loadSettlers(this.config);
  readonly worker = uuidV7();
  readonly #drop: () => Promise<void>;

  private constructor(url: string, drop: () => Promise<void>) {
    this.url = url;
    this.db = connectDatabase({ url, maxConnections: 4, applicationName: 'test' });
    this.#drop = drop;
  }

  static async open(): Promise<Rows> {
    const database = await createDatabase();
    const rows = new Rows(database.url, () => database.drop());
    const worker = { id: rows.worker, name: 'test', version: '0', kinds: ['noop'], leaseMs: 60_000 };
    await registerWorker(rows.db, worker);
    return rows;
  }

  async close(): Promise<void> {
    await this.db.$pool.end();
    await this.#drop();
  }

  async post(payload: PayloadOf<typeof noop> = {}): Promise<string> {
    const order = { owner: 'service/test', tenant: 'acme', requestId: uuidV7() };
    const { id } = await transact(this, tx => insertJob(tx, noop, payload, order));
    return id;
  }

  async claim(id: string): Promise<ClaimedJob> {
    const [claimed] = await claimJobs(this.db, this.worker, [{ id, attempt: (await this.job(id)).attempt }]);
    if (!claimed) throw new Error(`job ${id} was not to be claimed`);
    return claimed;
  }

  /** Runs a job to an outcome. */
  async end(id: string, outcome: Outcome): Promise<void> {
    const job = await this.claim(id);
    await transact(this, tx => recordOutcome(tx, this.settlers, { ...job, worker: this.worker }, outcome));
  }

  async job(id: string): Promise<JobRow> {
    const job = await getJob(this.db, id);
    if (!job) throw new Error(`job ${id} is gone`);
    return job;
  }

  /** The last thing that an operator did. */
  async lastAudit(): Promise<AuditRow | null> {
    return this.db.oneOrNone<AuditRow>(
      'select actor, action, subject, reason, details from core.audit order by at desc, id desc limit 1',
    );
  }
}

export const failed: Outcome = { state: 'failed', fault: { code: 'broken', message: 'It broke.', cause: 'a cause' } };
export const operator = { actor: 'cli/ada', reason: 'a test' };
