import assert from 'node:assert/strict';
import { startProxy, type Proxy } from '../../ops/faults/proxy.ts';
import { RabbitmqConnection } from '../../shared/broker/rabbitmq-connection.ts';
import { eventually } from '../support/eventually.ts';
import { createVhost, type TestVhost } from '../support/rabbitmq.ts';

describe('a connection to RabbitMQ', function () {
  this.timeout(120_000);
  let vhost: TestVhost;
  let proxy: Proxy;
  before(async () => {
    vhost = await createVhost();
    proxy = await startProxy(vhost.url);
  });
  after(async () => {
    await proxy.stop();
    await vhost.drop();
  });

  it('is made anew when it is lost while it is being set up, whatever that waits for', async () => {
    const lost: string[] = [];
    let begun = 0;
    let done = 0;
    const connection = new RabbitmqConnection({
      nodes: [proxy.url],
      name: 'test',
      heartbeatS: 4,
      setUp: async model => {
        begun += 1;
        const channel = await model.createChannel();
        // The broker's answer never comes, and amqplib waits for it for ever.
        if (begun === 1) proxy.holdAnswers();
        await channel.close();
        done += 1;
      },
      onLoss: why => lost.push(why),
      onBlocked: () => {},
      onUnblocked: () => {},
    });
    connection.open();
    await eventually(() => assert.equal(begun, 1));
    await new Promise(setImmediate); // the close is on its way
    proxy.cut();
    await eventually(() => assert.equal(done, 1));
    assert.equal(begun, 2);
    assert.equal(lost.length, 1);
    await connection.close();
  });
});
