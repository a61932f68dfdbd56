import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'amqplib';
import { processMark } from '../../../ops/embedded/process-mark.ts';
import { type EmbeddedRabbitmq, rabbitmqInstalled, startRabbitmq } from '../../../ops/embedded/rabbitmq.ts';
import { eventually } from '../../support/eventually.ts';
import { runDirectory } from '../../support/run-directory.ts';
import { startOwner } from './owner-process.ts';

const queue = 'kept';

async function publishConfirmed(url: string): Promise<void> {
  const connection = await connect(url);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  channel.sendToQueue(queue, Buffer.from('kept'), { persistent: true });
  await channel.waitForConfirms();
  await connection.close();
}

/** The queue's messages, or null if there is no such queue. */
async function depth(url: string): Promise<number | null> {
  const connection = await connect(url);
  connection.on('error', () => {});
  const channel = await connection.createChannel();
  channel.on('error', () => {});
  const found = await channel.checkQueue(queue).catch(() => null);
  await connection.close();
  return found && found.messageCount;
}

describe('startRabbitmq', function () {
  this.timeout(120_000);
  let dir: string;
  let node: EmbeddedRabbitmq;

  before(async function () {
    // A broker by AMQP_URL or Docker serves the other tests; these are about the installed server alone.
    if (rabbitmqInstalled() === null) this.skip();
    dir = await runDirectory('rabbitmq');
    node = await startRabbitmq({ dir });
  });
  after(() => node?.kill());

  it('answers its management API as soon as it is ready', async () => {
    const { origin } = new URL(node.managementUrl);
    const response = await fetch(`${origin}/api/overview`, {
      headers: { authorization: `Basic ${btoa('guest:guest')}` },
    });
    assert.equal(response.status, 200);
  });

  it('runs rabbitmqctl on its own node', async () => {
    assert.match(await node.ctl('eval', 'node().'), /millrace@localhost/);
  });

  it('refuses a directory whose owner is alive', async () => {
    await assert.rejects(startRabbitmq({ dir }), /is in use by process \d+/);
  });

  it('keeps confirmed messages through a kill and a graceful stop, and loses them in a wipe', async () => {
    const { url, pid } = node;
    await publishConfirmed(url);
    await node.flush();
    await node.kill();
    assert.equal(processMark(pid), null);
    await node.start();
    await eventually(async () => assert.equal(await depth(url), 1));
    await node.stop();
    await node.start();
    await eventually(async () => assert.equal(await depth(url), 1));
    await node.wipe();
    assert.equal(await depth(url), null);
  });
});

describe('startRabbitmq after an owner that was killed', function () {
  this.timeout(120_000);
  before(function () {
    if (rabbitmqInstalled() === null) this.skip();
  });

  it('ends the node left running and keeps its messages', async () => {
    const dir = await runDirectory('rabbitmq');
    const owner = await startOwner('rabbitmq', dir);
    await publishConfirmed(owner.url);
    owner.process.kill('SIGKILL');
    await once(owner.process, 'exit');
    assert.notEqual(processMark(owner.pid), null);

    const node = await startRabbitmq({ dir });
    assert.equal(processMark(owner.pid), null);
    await eventually(async () => assert.equal(await depth(node.url), 1));
    await node.kill();
  });
});
