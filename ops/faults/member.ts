import type { Proxy } from './proxy.ts';
import { Supervised, type SupervisedOptions } from './supervised.ts';

export type Role = 'edge' | 'worker' | 'ticker';

/** What stands between a process and its services: one proxy for each node. */
export interface Links {
  postgres: readonly Proxy[];
  broker: readonly Proxy[];
}

/** One process of the system under test. */
export class Member extends Supervised {
  readonly role: Role;
  readonly links: Links;

  constructor({ role, links, ...options }: SupervisedOptions & { role: Role; links: Links }) {
    super(options);
    this.role = role;
    this.links = links;
  }
}
