import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from '../../../db/connect.ts';
import { type Finding, finding } from './finding.ts';

/** Each invoice number exists once, without gaps; what must be invoiced is, once; each file is whole. */
export async function checkDocuments(db: Database, filesDir: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  const series = await db.any<{ issuer: string; series: string; given: number; distinctly: number; last: number }>(`
    select issuer, series, count(*) as given, count(distinct number) as distinctly, max(number) as last
    from core.invoices group by issuer, series, year`);
  for (const { issuer, series: name, given, distinctly, last } of series)
    if (given !== last || distinctly !== last)
      findings.push(finding('wrong', `${issuer} ${name}: ${given} invoices, ${distinctly} numbers up to ${last}`));
  const numbers = await db.any<{ series: string; lastNumber: number }>(`
    select numbers.series, last_number from core.invoice_numbers numbers
    where last_number <> (select max(number) from core.invoices where (issuer, series, year) = (numbers.issuer, numbers.series, numbers.year))`);
  for (const { series: name, lastNumber } of numbers)
    findings.push(finding('wrong', `${name} ${lastNumber} was given to no invoice`));

  const missing = await db.any<{ what: string; id: string; at: Date }>(`
    select 'invoice of order' as what, id::text, created_at as at from marketplace.orders
    where status in ('completed', 'refunded')
      and not exists (select from core.invoices where area = 'marketplace' and kind = 'invoice' and subject = orders.id::text)
    union all
    select 'credit note of refund', id::text, created_at from marketplace.refunds
    where status = 'succeeded'
      and not exists (select from core.invoices where area = 'marketplace' and kind = 'credit_note' and subject = refunds.id::text)
    union all select 'PDF of invoice', id::text, created_at from core.invoices where file_key is null
    union all select 'export', id::text, created_at from marketplace.exports where status = 'failed'`);
  for (const { what, id, at } of missing) findings.push(finding('lost', `${what} ${id} is not there`, at));

  const files = await db.any<{ key: string; sha256: string; at: Date }>(`
    select file_key as key, sha256, created_at as at from core.invoices where file_key is not null
    union all select file_key, sha256, created_at from marketplace.exports where file_key is not null and status = 'ready'`);
  for (const { key, sha256, at } of files) {
    const bytes = await readFile(join(filesDir, key)).catch(() => null);
    if (!bytes) findings.push(finding('lost', `file ${key} is not in the store`, at));
    else if (createHash('sha256').update(bytes).digest('hex') !== sha256)
      findings.push(finding('wrong', `file ${key} is not what was recorded`, at));
  }
  const stored = await db.any<{ key: string; at: Date }>(
    `select storage_key as key, created_at as at from marketplace.cloud_files
    union all select storage_key, created_at from workforce.files`,
  );
  for (const { key, at } of stored)
    if (!(await readFile(join(filesDir, key)).catch(() => null)))
      findings.push(finding('lost', `file ${key} is not in the store`, at));
  return findings;
}
