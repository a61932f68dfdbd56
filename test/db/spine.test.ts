import assert from 'node:assert/strict';
import { openSpine } from '../../db/spine.ts';
import { readConfig } from '../../shared/config.ts';

describe('opening a spine', () => {
  const services = { DATABASE_URL: 'postgres://x@127.0.0.1:1/x', BROKER_URL: 'memory:' };

  it('is refused to a process apart that would share a memory broker with nobody', async () => {
    const config = readConfig(services);
    await assert.rejects(openSpine({ config, name: 'test', apart: true }), /BROKER_URL: memory: carries nothing/);
  });

  it('names every service that is missing at once', async () => {
    await assert.rejects(openSpine({ config: readConfig({}), name: 'test' }), /DATABASE_URL[^]*BROKER_URL/);
  });
});
