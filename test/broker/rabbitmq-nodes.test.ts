import assert from 'node:assert/strict';
import { mistakeInNodes, nameOfNode, nodesOf } from '../../shared/broker/rabbitmq-nodes.ts';
import { describeConfig, readConfig } from '../../shared/config.ts';

describe('the nodes of a BROKER_URL', () => {
  it('are those of its list, each a whole address', () => {
    assert.deepEqual(nodesOf('amqp://u:p@a:5672/v'), ['amqp://u:p@a:5672/v']);
    assert.deepEqual(nodesOf('amqp://a:1,amqps://b:2, amqp://c'), ['amqp://a:1', 'amqps://b:2', 'amqp://c']);
  });

  it('may have commas in their passwords', () => {
    assert.deepEqual(nodesOf('amqp://u:p,q@a,amqp://u:p,q@b'), ['amqp://u:p,q@a', 'amqp://u:p,q@b']);
    assert.equal(mistakeInNodes('amqp://u:p,q@a,amqp://u:p,q@b'), null);
  });

  it('are named without their passwords', () => {
    assert.equal(nameOfNode('amqp://u:hunter2@a:5672/v'), 'a:5672');
  });

  it('are refused when one is no address, has no scheme, or has another vhost than the rest', () => {
    assert.equal(mistakeInNodes('amqp://a/v,amqps://b:5671/v'), null);
    assert.equal(mistakeInNodes('amqp://a,amqp://b/'), null);
    assert.match(mistakeInNodes('amqp://a:port') as string, /not an address/);
    assert.match(mistakeInNodes('amqp://a:1,b') as string, /not an address/);
    assert.match(mistakeInNodes('amqp://a,b:5672') as string, /begins with amqp/);
    assert.match(mistakeInNodes('amqp://a,amqp://b,') as string, /begins with amqp/);
    assert.match(mistakeInNodes('amqp://a/v,amqp://b/w') as string, /same vhost/);
  });

  it('are checked with the configuration, which repeats none of their passwords', () => {
    assert.throws(
      () => readConfig({ BROKER_URL: 'amqp://u:hunter2@a/v,amqp://u:hunter2@b/w' }),
      (error: Error) =>
        /BROKER_URL: all nodes must have the same vhost/.test(error.message) && !/hunter2/.test(error.message),
    );
    const config = readConfig({ BROKER_URL: 'amqp://u:hunter2@a,amqp://u:hunter2@b' });
    assert.doesNotMatch(JSON.stringify(describeConfig(config)), /hunter2/);
  });
});
