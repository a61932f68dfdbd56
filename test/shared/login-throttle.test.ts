import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { LoginThrottle } from '../../shared/login-throttle.ts';
import { Fault } from '../../shared/fault.ts';

async function guess(throttle: LoginThrottle, times: number, account: () => string, address: () => string) {
  for (let count = 0; count < times; count += 1) await throttle.count(account(), address());
}
const limited = (error: unknown) => error instanceof Fault && error.code === 'rate_limited' && error.retryAfterS! > 0;

describe('login throttle', () => {
  it('takes ten guesses at one account from anywhere, whatever the case of its address', async () => {
    const throttle = new LoginThrottle();
    await guess(throttle, 10, () => 'a@example.com', randomUUID);
    await assert.rejects(throttle.count('A@Example.com', 'elsewhere'), limited);
    await throttle.count('b@example.com', 'elsewhere');
  });

  it('takes sixty guesses from one address at any accounts', async () => {
    const throttle = new LoginThrottle();
    await guess(throttle, 60, randomUUID, () => '192.0.2.1');
    await assert.rejects(throttle.count('c@example.com', '192.0.2.1'), limited);
    await throttle.count('c@example.com', '192.0.2.2');
  });

  it('forgets the slips of an owner who got in', async () => {
    const throttle = new LoginThrottle();
    for (let round = 0; round < 3; round += 1) {
      await guess(throttle, 9, () => 'a@example.com', randomUUID);
      await throttle.count('a@example.com', 'home');
      await throttle.forgive('a@example.com', 'home');
    }
  });
});
