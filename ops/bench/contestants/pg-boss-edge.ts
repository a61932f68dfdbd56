import { PgBoss } from 'pg-boss';
import { servePeerEdge } from './peer-edge.ts';

// The default is 10; single short runs with 10, 20 and 40 were alike.
// Supervision and schedules are the worker's, as in any deployment with a web tier.
const boss = new PgBoss({
  connectionString: process.argv[2] ?? '',
  max: 20,
  supervise: false,
  schedule: false,
});
boss.on('error', error => console.error(error));
await boss.start();

servePeerEdge(async payload => (await boss.send('noop', payload)) ?? '');
