import assert from 'node:assert/strict';
import { marketplaceSurface } from '../../../edge/marketplace/surface.ts';
import { openMarket, type Market, type Person } from '../../support/market.ts';

/** What a route with somebody's ids in its path is called with, or why it is nobody's own. */
type Attempt = { ids: string[]; body?: unknown; form?: boolean } | 'shared';

describe('the marketplace, asked with the ids of others', function () {
  this.timeout(120_000);
  let market: Market;
  let [owner, stranger, admin] = [] as unknown as [Person, Person, Person];
  let attempts: Record<string, Attempt>;

  const file = (text: string, fields: Record<string, string> = {}): FormData => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    form.set('file', new File([text], 'a.txt'));
    return form;
  };
  /** Sends a request as somebody; JSON, or a form. */
  async function send(method: string, path: string, who: Person, body?: unknown) {
    const isForm = body instanceof FormData;
    const response = await fetch(`${market.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${who.token}`,
        ...(body !== undefined && !isForm ? { 'content-type': 'application/json' } : {}),
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = response.headers.get('content-type')?.startsWith('application/json') ? JSON.parse(text) : {};
    return { status: response.status, text, data: json.data ?? json };
  }
  async function make(method: string, path: string, body?: unknown) {
    const answer = await send(method, path, owner, body);
    assert.ok(answer.status < 300, `${method} ${path} → ${answer.status} ${answer.text}`);
    return answer.data;
  }

  before(async () => {
    market = await openMarket();
    [owner, stranger, admin] = await Promise.all([market.join(), market.join(), market.join('admin')]);
    const seller = await market.join();
    const bought = await market.addProduct(seller.id);
    const { orderId } = await market.paidOrder(owner, [bought]);
    const product = (await make('POST', '/marketplace/products', { title: 'x', price_cents: 100, currency: 'EUR' })).id;
    const gear = (await make('POST', '/inventory/gear', { name: 'x' })).id;
    const document = (await make('POST', `/inventory/gear/${gear}/documents`, file('x', { type: 'other' }))).id;
    const repair = { repair_date: '2026-02-15', description: 'x', cost_cents: 1, currency: 'EUR' };
    const repairId = (await make('POST', `/inventory/gear/${gear}/repairs`, repair)).id;
    const cloud = (await make('POST', '/cloud/files', file('secret'))).file.id;
    const stream = (await make('POST', '/live/streams', { title: 'x' })).id;
    const exported = (await make('POST', '/users/me/export')).export.id;
    const [notification] = (await make('GET', '/notifications')).notifications;
    attempts = {
      'PUT /marketplace/products/:id': { ids: [product], body: { title: 'y' } },
      // Reviewing is open to whoever bought; that nobody else may is the route's own test.
      'POST /marketplace/products/:id/reviews': 'shared',
      'GET /marketplace/orders/:id': { ids: [orderId] },
      'GET /marketplace/orders/:id/invoice': { ids: [orderId] },
      'GET /marketplace/orders/:id/credit-note': { ids: [orderId] },
      'POST /marketplace/orders/:id/refund': { ids: [orderId], body: { reason: 'x' } },
      'GET /cloud/files/:id': { ids: [cloud] },
      'GET /cloud/files/:id/content': { ids: [cloud] },
      'PUT /cloud/files/:id/content': { ids: [cloud], form: true },
      'GET /cloud/files/:id/versions': { ids: [cloud] },
      'POST /cloud/files/:id/versions': { ids: [cloud] },
      'POST /cloud/files/:id/restore/:version': { ids: [cloud, '1'] },
      'POST /cloud/files/:id/share': { ids: [cloud], body: { permissions: 'read' } },
      'GET /inventory/gear/:id': { ids: [gear] },
      'PUT /inventory/gear/:id': { ids: [gear], body: { name: 'y' } },
      'DELETE /inventory/gear/:id': { ids: [gear] },
      'GET /inventory/gear/:id/documents': { ids: [gear] },
      'POST /inventory/gear/:id/documents': { ids: [gear], form: true },
      'GET /inventory/gear/:id/documents/:docId/content': { ids: [gear, document] },
      'DELETE /inventory/gear/:id/documents/:docId': { ids: [gear, document] },
      'GET /inventory/gear/:id/repairs': { ids: [gear] },
      'POST /inventory/gear/:id/repairs': { ids: [gear], body: repair },
      'DELETE /inventory/gear/:id/repairs/:repairId': { ids: [gear, repairId] },
      'PUT /live/streams/:id': { ids: [stream], body: { title: 'y' } },
      'GET /users/me/exports/:id': { ids: [exported] },
      'POST /notifications/:id/read': { ids: [notification.id] },
    };
  });
  after(() => market?.stop());

  const owned = marketplaceSurface()
    .routes.filter(
      ({ path, roles }) => path.includes(':') && Array.isArray(roles) && roles.includes('marketplace:user'),
    )
    .map(({ method, path }) => `${method} ${path.replace('/api/v1', '')}`);

  it('has every owned route below', () => {
    assert.deepEqual(Object.keys(attempts).sort(), owned.toSorted());
  });

  for (const route of owned) {
    it(`answers 404 to another user, and to an administrator: ${route}`, async () => {
      const attempt = attempts[route];
      assert.ok(attempt);
      if (attempt === 'shared') return;
      const [method = '', template = ''] = route.split(' ');
      const ids = [...attempt.ids];
      const path = template.replace(/:\w+/g, () => ids.shift() ?? '');
      for (const who of [stranger, admin]) {
        const body = attempt.form ? file('x', path.includes('gear') ? { type: 'other' } : {}) : attempt.body;
        const answer = await send(method, path, who, body);
        assert.equal(answer.status, 404, answer.text);
      }
    });
  }

  it('left everything as it was', async () => {
    for (const path of ['/inventory/gear', '/cloud/files', '/marketplace/orders']) {
      const data = await make('GET', path);
      assert.equal(data.total, 1, path);
    }
    const { gear } = await make('GET', '/inventory/gear');
    assert.equal(gear[0].name, 'x');
    assert.equal((await make('GET', '/marketplace/orders')).orders[0].status, 'completed');
  });
});
