import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { callApi } from '../demo-data/api.ts';
import type { DemoFile } from '../demo-data/demo-file.ts';

const changeSchema = z.object({
  op: z.enum(['upsert', 'delete']),
  entity: z.string(),
  entityId: z.uuid(),
  payload: z.record(z.string(), z.unknown()).optional(),
});
const pageSchema = z.object({ changes: z.array(changeSchema), nextCursor: z.string(), hasMore: z.boolean() });
const pushedSchema = z.object({
  applied: z.array(z.uuid()),
  conflicts: z.array(z.object({ fields: z.array(z.string()), summary: z.string() })),
  rejected: z.array(z.object({ reason: z.string() })),
});

/** A phone that works offline: it keeps what it pulled and what it has not pushed. */
export class Phone {
  readonly #scene: FieldScene;
  readonly #deviceId = randomUUID();
  readonly records = new Map<string, z.infer<typeof changeSchema>>();
  #changes: Record<string, unknown>[] = [];
  #cursor: string | null = null;

  constructor(scene: FieldScene) {
    this.#scene = scene;
  }

  /** The id of the record of an entity that a field names so. */
  find(entity: string, field: string, value: string): string {
    const found = [...this.records.values()].find(
      record => record.entity === entity && record.payload?.[field] === value,
    );
    if (!found) throw new Error(`the phone knows no ${entity} "${value}"`);
    return found.entityId;
  }

  edit(entity: string, entityId: string, payload: Record<string, unknown>): void {
    const clientUpdatedAt = new Date().toISOString();
    this.#changes.push({ op: 'upsert', entity, entityId, clientUpdatedAt, payload });
  }

  async push(): Promise<z.infer<typeof pushedSchema>> {
    const clientTime = new Date().toISOString();
    const body = { deviceId: this.#deviceId, clientTime, changes: this.#changes };
    const answer = pushedSchema.parse(await this.#scene.call('POST', '/v1/sync/push', body));
    this.#changes = [];
    return answer;
  }

  /** Answers how many records changed. */
  async pull(): Promise<number> {
    for (let pulled = 0; ; ) {
      const since = this.#cursor === null ? '' : `?since=${encodeURIComponent(this.#cursor)}`;
      const page = pageSchema.parse(await this.#scene.call('GET', `/v1/sync/pull${since}`));
      for (const change of page.changes) {
        if (change.op === 'delete') this.records.delete(change.entityId);
        else this.records.set(change.entityId, change);
      }
      pulled += page.changes.length;
      this.#cursor = page.nextCursor;
      if (!page.hasMore) return pulled;
    }
  }
}

/** What the manager of the home-services company does over HTTP. */
export class FieldScene {
  readonly demo: DemoFile;
  readonly #outDir: string;

  constructor(demo: DemoFile, outDir: string) {
    this.demo = demo;
    this.#outDir = outDir;
  }

  async call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
    const { tenantId, manager } = this.demo.fieldservice;
    const headers = { 'x-tenant-id': tenantId };
    const answer = await callApi(method, this.demo.edge + path, { token: manager.token, headers, body });
    return answer.data;
  }

  /** Answers the file's path. */
  async save(name: string, bytes: Buffer): Promise<string> {
    const path = join(this.#outDir, name);
    await writeFile(path, bytes);
    return path;
  }
}
