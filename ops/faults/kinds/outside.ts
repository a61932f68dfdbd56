import { callApi } from '../../demo-data/api.ts';
import type { FaultDeps, FaultKind } from '../fault-kind.ts';

type Arm = Record<string, unknown> & { fault: string };

/** What each provider can do wrong, and stop doing. */
const wrongs: Record<'stripe' | 'hyperswitch' | 'twilio' | 'outbox', readonly Arm[]> = {
  stripe: [
    { on: '*', fault: 'rate_limit' },
    { on: '*', fault: 'drop_before' },
    { on: '*', fault: 'drop_after' },
    { on: '*', fault: 'server_error' },
    { on: 'transfers.create', fault: 'server_error_after' },
    { on: 'reversals.create', fault: 'server_error_after' },
    { on: '*', fault: 'timeout_after' },
    { on: '*', fault: 'slow', delayMs: 3_000 },
  ],
  hyperswitch: [
    { on: '*', fault: 'rate_limit' },
    { on: '*', fault: 'drop_before' },
    { on: '*', fault: 'drop_after' },
    { on: '*', fault: 'server_error' },
    { on: '*', fault: 'server_error_after' },
    { on: '*', fault: 'slow', delayMs: 3_000 },
    { on: '*', fault: 'late', delayMs: 4_000 },
    { on: '*', fault: 'twice' },
    { on: '*', fault: 'out_of_order' },
    { on: '*', fault: 'wrong_signature' },
  ],
  twilio: [
    { fault: 'rate_limit' },
    { fault: 'drop_before' },
    { fault: 'drop_after' },
    { fault: 'server_error' },
    { fault: 'server_error_after' },
    { fault: 'slow', delayMs: 3_000 },
    { fault: 'duplicate' },
    { fault: 'reordered' },
    { fault: 'late', delayMs: 4_000 },
  ],
  outbox: [
    { fault: 'drop_during' },
    { fault: 'temporary_failure' },
    { fault: 'slow', delayMs: 3_000 },
    { fault: 'drop_after' },
  ],
};

/** Every provider does several things wrong at once, each some times, for a while. */
async function providersFail({ system: { sandbox }, random, wait }: FaultDeps): Promise<void> {
  const providers = Object.keys(wrongs) as (keyof typeof wrongs)[];
  try {
    for (const provider of providers) {
      for (const arm of random.shuffle(wrongs[provider]).slice(0, random.int(1, 3))) {
        const body = { ...arm, times: random.int(1, 8) };
        await callApi('POST', `${sandbox[provider]}/_sandbox/faults`, { body });
      }
    }
    await wait(random.int(2_000, 6_000));
  } finally {
    for (const provider of providers) await callApi('DELETE', `${sandbox[provider]}/_sandbox/faults`);
  }
}

/** The providers' process stands still, and answers what it was asked later than anybody waits. */
async function providersPause({ system: { provider }, random, wait }: FaultDeps): Promise<void> {
  provider.signal('SIGSTOP');
  try {
    await wait(random.int(1_000, 8_000));
  } finally {
    provider.signal('SIGCONT');
  }
}

async function diskFull({ system: { disk }, random, wait }: FaultDeps): Promise<void> {
  await disk.fill();
  try {
    await wait(random.int(1_000, 4_000));
  } finally {
    await disk.free();
  }
}

export const outsideFaults: readonly FaultKind[] = [
  { name: 'providers-fail', run: providersFail },
  { name: 'providers-pause', run: providersPause },
  { name: 'disk-full', run: diskFull },
];
