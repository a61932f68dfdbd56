/**
 * The nodes that a `BROKER_URL` names: one address, or those of a cluster's nodes, separated by commas, each whole
 * (`amqp://user:password@a:5672/vhost,amqp://…`). A comma inside a password separates nothing.
 */
export function nodesOf(brokerUrl: string): string[] {
  return brokerUrl.split(/\s*,\s*(?=amqps?:)/);
}

/** What is wrong with an `amqp://…` list; null if nothing is. Repeats no part of it, since it holds passwords. */
export function mistakeInNodes(brokerUrl: string): string | null {
  const nodes = nodesOf(brokerUrl);
  if (!nodes.every(node => URL.canParse(node))) return 'is not an address';
  const urls = nodes.map(node => new URL(node));
  if (urls.some(({ hostname }) => hostname.includes(',')))
    return 'each node of the list begins with amqp:// or amqps://';
  // Processes of two vhosts would never hear one another.
  if (new Set(urls.map(({ pathname }) => (pathname === '/' ? '' : pathname))).size > 1)
    return 'all nodes must have the same vhost';
  return null;
}

/** A node's name for logs, without its password. */
export function nameOfNode(address: string): string {
  return new URL(address).host;
}
