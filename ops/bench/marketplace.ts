import { measureExport } from './export.ts';
import { measureInvoices } from './invoices.ts';
import { measureProductSearch } from './product-search.ts';
import type { Services } from './services.ts';
import { measureTagSuggest } from './tag-suggest.ts';
import { measureWarrantyScan } from './warranty-scan.ts';

const measures = {
  invoices: () => measureInvoices(),
  search: (services: Services) => measureProductSearch(services),
  tags: (services: Services) => measureTagSuggest(services),
  warranty: (services: Services) => measureWarrantyScan(services),
  export: (services: Services) => measureExport(services),
};

/** The marketplace's own figures, one after another; `only` names some of them, separated by commas. */
export async function measureMarketplace(services: Services, only: string | undefined): Promise<unknown> {
  const results: Record<string, unknown> = {};
  const names = only?.split(',') ?? Object.keys(measures);
  for (const name of names) {
    const measure = measures[name as keyof typeof measures] as ((services: Services) => Promise<unknown>) | undefined;
    if (!measure) throw new Error(`no figure ${name}; there are ${Object.keys(measures).join(', ')}`);
    console.log(`\n${name}`);
    results[name] = await measure(services);
  }
  return results;
}
