import { Logger, makeWorkerUtils } from 'graphile-worker';
import { servePeerEdge } from './peer-edge.ts';

// As many connections as pg-boss is given.
const utils = await makeWorkerUtils({
  connectionString: process.argv[2] ?? '',
  maxPoolSize: 20,
  logger: new Logger(() => () => {}),
});

servePeerEdge(async payload => (await utils.addJob('noop', payload)).id);
