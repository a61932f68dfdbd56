import type { FaultKind } from './fault-kind.ts';
import { messageFaults } from './kinds/messages.ts';
import { networkFaults } from './kinds/network.ts';
import { outsideFaults } from './kinds/outside.ts';
import { processFaults } from './kinds/processes.ts';
import { serviceFaults } from './kinds/services.ts';

/** Every fault that is injected. */
export const faultKinds: readonly FaultKind[] = [
  ...processFaults,
  ...serviceFaults,
  ...networkFaults,
  ...outsideFaults,
  ...messageFaults,
];
