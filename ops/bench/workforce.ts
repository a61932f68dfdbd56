import { measureOcr } from './ocr.ts';
import type { Services } from './services.ts';
import { measureStaffingReads } from './staffing-reads.ts';

const measures = {
  reads: (services: Services) => measureStaffingReads(services),
  ocr: () => measureOcr(),
};

/** The workforce surface's own figures, one after another; `only` names some of them, separated by commas. */
export async function measureWorkforce(services: Services, only: string | undefined): Promise<unknown> {
  const results: Record<string, unknown> = {};
  for (const name of only?.split(',') ?? Object.keys(measures)) {
    const measure = measures[name as keyof typeof measures] as ((services: Services) => Promise<unknown>) | undefined;
    if (!measure) throw new Error(`no figure ${name}; there are ${Object.keys(measures).join(', ')}`);
    console.log(`\n${name}`);
    results[name] = await measure(services);
  }
  return results;
}
