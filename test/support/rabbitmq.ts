import { randomBytes } from 'node:crypto';
import { rabbitmq } from './services.ts';

export interface TestVhost {
  url: string;
  /** Closes its connections and deletes its queues with it. */
  drop(): Promise<void>;
}

/** A fresh vhost on the run's shared broker, so that test files share no queue. */
export async function createVhost(): Promise<TestVhost> {
  const { url, managementUrl } = await rabbitmq();
  const name = `test-${randomBytes(6).toString('hex')}`;
  const user = new URL(url).username || 'guest';
  await manage(managementUrl, 'PUT', `vhosts/${name}`);
  await manage(managementUrl, 'PUT', `permissions/${name}/${user}`, { configure: '.*', write: '.*', read: '.*' });
  const own = new URL(url);
  own.pathname = `/${name}`;
  return { url: own.href, drop: () => manage(managementUrl, 'DELETE', `vhosts/${name}`) };
}

/** One request to RabbitMQ's management API (https://www.rabbitmq.com/docs/http-api-reference). */
async function manage(managementUrl: string, method: string, path: string, body?: object): Promise<void> {
  const { origin, username, password } = new URL(managementUrl);
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const response = await fetch(`${origin}/api/${path}`, {
    method,
    headers: { authorization: `Basic ${btoa(login)}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw new Error(`RabbitMQ's management API doesn't answer at ${origin}: set AMQP_MANAGEMENT_URL`, { cause });
  });
  if (!response.ok) throw new Error(`${method} ${origin}/api/${path}: ${response.status} ${await response.text()}`);
}
