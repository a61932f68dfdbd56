// Run as a process of its own by `owner-process.ts`: starts one embedded service, tells its address, and waits to be killed.
import { startPostgres } from '../../../ops/embedded/postgres.ts';
import { startRabbitmq } from '../../../ops/embedded/rabbitmq.ts';

const [, , service, dir = '', ending] = process.argv;
const { url, pid } =
  service === 'postgres' ? await startPostgres({ dir, durable: true }) : await startRabbitmq({ dir });
console.log(JSON.stringify({ url, pid }));
if (ending !== 'exit') setInterval(() => {}, 60_000);
