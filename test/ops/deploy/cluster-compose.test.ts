import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { readConfig } from '../../../shared/config.ts';

interface Service {
  environment?: Record<string, string>;
  depends_on?: Record<string, unknown>;
}

const read = (path: string): Record<string, Service> =>
  parse(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8'), { merge: true }).services;

describe('the compose file of a RabbitMQ cluster', () => {
  const usual = read('compose.yaml');
  const cluster = read('ops/deploy/compose.cluster.yaml');
  const clients = Object.entries(cluster).filter(([, { environment }]) => environment?.['BROKER_URL'] !== undefined);

  it('leads every process that talks to the broker to all nodes', () => {
    // These two have the setting, as all that run our image, and no use for it.
    const without = ['migrate', 'sandbox'];
    const talking = Object.entries(usual).filter(([, { environment }]) => environment?.['BROKER_URL'] !== undefined);
    assert.deepEqual(
      clients.map(([name]) => name).sort(),
      talking
        .map(([name]) => name)
        .filter(name => !without.includes(name))
        .sort(),
    );
  });

  it('names nodes that are there, in addresses that the processes take', () => {
    for (const [, { environment, depends_on: first }] of clients) {
      const url = String(environment?.['BROKER_URL']).replaceAll(/\$\{[^}]+\}/g, 'secret');
      const hosts = [...url.matchAll(/@([^:]+):5672/g)].map(([, host]) => host as string);
      assert.equal(hosts.length, 3);
      for (const host of hosts) assert.ok(host in cluster, host);
      assert.deepEqual(Object.keys(first ?? {}), hosts);
      assert.equal(readConfig({ BROKER_URL: url }).brokerUrl, url);
    }
  });
});
