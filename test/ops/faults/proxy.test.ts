import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket, type AddressInfo } from 'node:net';
import { type Proxy, startProxy } from '../../../ops/faults/proxy.ts';
import { eventually } from '../../support/eventually.ts';

describe('the proxy between clients and a server', () => {
  let server: Server;
  let proxy: Proxy;
  let peers: Socket[];
  let target: string;

  beforeEach(async () => {
    peers = [];
    // Says everything back.
    server = createServer(peer => {
      peers.push(peer.on('error', () => {}));
      peer.pipe(peer);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    target = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
    proxy = await startProxy(target);
  });
  afterEach(async () => {
    await proxy.stop();
    for (const peer of peers) peer.destroy();
    server.close();
  });

  function dial() {
    const socket = connect(+new URL(proxy.url).port, '127.0.0.1').on('error', () => {});
    let heard = '';
    socket.setEncoding('utf8').on('data', (text: string) => (heard += text));
    return { socket, heard: () => heard, hears: (text: string) => eventually(() => assert.equal(heard, text)) };
  }

  it('passes bytes on, in order, also while it is slow and when it no longer is', async () => {
    const { socket, hears } = dial();
    socket.write('a');
    await hears('a');
    proxy.slow(60);
    socket.write('b');
    await new Promise(resolve => setTimeout(resolve, 10));
    proxy.release();
    socket.write('c');
    await hears('abc');
  });

  it('keeps back what it is told to, and lets it go on', async () => {
    const { socket, heard, hears } = dial();
    socket.write('a');
    await hears('a');
    for (const hold of [() => proxy.holdAnswers(), () => proxy.holdAll()]) {
      hold();
      const before = heard();
      socket.write('x');
      await new Promise(resolve => setTimeout(resolve, 50));
      assert.equal(heard(), before);
      proxy.release();
      await hears(`${before}x`);
    }
  });

  it('ends a connection in the middle of an answer', async () => {
    const { socket, hears } = dial();
    socket.write('a');
    await hears('a');
    proxy.cutHalfway();
    const ended = once(socket, 'close');
    socket.write('bbbb');
    await ended;
    await hears('abb');
  });

  it('lets the server alone see the end of a connection that it forgets', async () => {
    const { socket, hears } = dial();
    socket.write('a');
    await hears('a');
    proxy.forget();
    await eventually(() => assert.ok(peers[0]?.destroyed));
    socket.write('b');
    const other = dial();
    other.socket.write('c');
    await other.hears('c');
    await hears('a');
    assert.equal(socket.closed, false);
  });

  it('refuses, and then no longer', async () => {
    const first = dial();
    first.socket.write('a');
    await first.hears('a');
    proxy.refuse(true);
    await eventually(() => assert.ok(first.socket.destroyed));
    await once(dial().socket, 'close');
    proxy.refuse(false);
    const { socket, hears } = dial();
    socket.write('b');
    await hears('b');
  });

  it('goes to the next of several servers when one does not listen', async () => {
    await proxy.stop();
    proxy = await startProxy('tcp://127.0.0.1:1', target);
    for (let times = 0; times < 4; times += 1) {
      const { socket, hears } = dial();
      socket.write('a');
      await hears('a');
    }
  });
});
