import { z } from 'zod';
import { callApi } from './api.ts';
import type { DemoFile } from './demo-file.ts';

const codesSchema = z.object({ codes: z.array(z.object({ phoneNumber: z.string(), code: z.string() })) });

/** The code that the identity provider's sandbox would have sent to a phone last. Rejects if it hasn't sent one. */
export async function sentCode({ url }: DemoFile['identity'], phoneNumber: string): Promise<string> {
  const { codes } = codesSchema.parse((await callApi('GET', `${url}/_sandbox/codes`)).data);
  const sent = codes.find(code => code.phoneNumber === phoneNumber);
  if (!sent) throw new Error(`no code was sent to ${phoneNumber}`);
  return sent.code;
}
