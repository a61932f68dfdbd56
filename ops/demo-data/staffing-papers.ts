import type { DemoPaper } from '../../db/workforce/demo-papers.ts';
import { newFileKey } from '../../shared/file-key.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { addDays, utcDay } from '../../shared/warranty.ts';
import { drawShirt, makeCertificate, makeIdentityCard, type PaperFile } from './paper-files.ts';

type Fate = DemoPaper['fate'];
type Wanted = Pick<DemoPaper, 'worker' | 'paper' | 'fate'> & { file: PaperFile };

const maxBytes = 1_048_576;
const issuer = 'National Food Safety Board';

/** What the demo's staff have sent in, one paper for every status of a verification. Their files are in the store already. */
export async function storeStaffingPapers(staffNames: readonly string[], files: Ports['files']): Promise<DemoPaper[]> {
  const today = utcDay(new Date());
  const holderOf = (worker: number) => staffNames[worker] as string;
  const certificate = async (worker: number, fate: Fate, daysLeft: number): Promise<Wanted> => {
    const facts = {
      issuer,
      number: `FH-2024-${118_832 + worker}`,
      issuedOn: addDays(today, daysLeft - 1_095),
      expiresOn: addDays(today, daysLeft),
    };
    const file = await makeCertificate({ ...facts, holder: holderOf(worker) });
    const name = 'Food Handler Safety';
    return {
      worker,
      fate,
      file,
      paper: { type: 'certification', certificateType: 'FOOD_HANDLER', name, ...facts },
    };
  };
  const identityCard = async (worker: number, fate: Fate): Promise<Wanted> => {
    const facts = { number: `IC${9_004_200 + worker}`, expiresOn: addDays(today, 1_200) };
    const file = await makeIdentityCard({ ...facts, holder: holderOf(worker) });
    return { worker, fate, file, paper: { type: 'government_id', item: 'identity' } };
  };
  const shirt = async (worker: number, fate: Fate): Promise<Wanted> => ({
    worker,
    fate,
    file: await drawShirt(),
    paper: { type: 'attire', item: 'shirt' },
  });
  const wanted = [
    await certificate(0, 'AUTO_PASS', 700),
    await shirt(0, 'NEEDS_REVIEW'),
    await identityCard(0, 'PENDING'),
    await certificate(1, 'AUTO_FAIL', -40),
    await shirt(1, 'REJECTED'),
    await identityCard(1, 'APPROVED'),
    await certificate(2, 'PROCESSING', 300),
    await identityCard(2, 'ERROR'),
  ];
  return Promise.all(
    wanted.map(async ({ file: { bytes, contentType, filename }, ...paper }) => {
      const key = newFileKey('workforce');
      const { sizeBytes, sha256 } = await files.write(key, bytes, { contentType, maxBytes });
      return { ...paper, file: { storageKey: key, filename, contentType, sizeBytes, sha256 } };
    }),
  );
}
