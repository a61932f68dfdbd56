import assert from 'node:assert/strict';
import { ConfigError, describeConfig, readConfig } from '../../shared/config.ts';
import { settings } from '../../shared/settings.ts';

const secret = 'a secret of thirty-two characters';
const production = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://db/millrace',
  BROKER_URL: 'amqp://broker',
  JWT_SECRET: secret,
  ENCRYPTION_KEY: secret,
  HYPERSWITCH_API_KEY: 'a key',
  HYPERSWITCH_API_BASE: 'https://payments.example.com',
  HYPERSWITCH_WEBHOOK_SECRET: 'a secret that is long enough to sign webhooks',
  SMTP_URL: 'smtp://mail.example.com',
  FIREBASE_PROJECT_ID: 'a-project',
  FIREBASE_API_KEY: 'a key',
  CLERK_ISSUER: 'https://clerk.example.com',
  STRIPE_SECRET_KEY: 'sk_live_1',
};

function mistakesOf(env: Record<string, string>): string[] {
  try {
    readConfig(env);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message
      .split('\n')
      .slice(1)
      .map(line => line.trim());
  }
  return [];
}

describe('the configuration', () => {
  it('needs nothing for development', () => {
    const config = readConfig({});
    assert.equal(config.nodeEnv, 'development');
    assert.equal(config.databaseUrl, undefined);
    assert.equal(config.port, 8_080);
    assert.equal(config.platformFeeRate, 0.1);
    assert.deepEqual(config.corsOrigins, []);
  });

  it('reads texts as what they stand for', () => {
    const config = readConfig({
      PORT: '0',
      TRUST_PROXY: 'true',
      STRIPE_CONNECT_ENABLED: '0',
      CORS_ORIGINS: 'https://a.example, https://b.example,',
      JWT_SECRET: `${secret},${secret.toUpperCase()}`,
      PLATFORM_FEE_RATE: '0.125',
    });
    assert.equal(config.port, 0);
    assert.equal(config.trustProxy, true);
    assert.equal(config.stripeConnectEnabled, false);
    assert.deepEqual(config.corsOrigins, ['https://a.example', 'https://b.example']);
    assert.equal(config.jwtSecret?.length, 2);
    assert.equal(config.platformFeeRate, 0.125);
  });

  it('takes an empty variable for an unset one', () => {
    assert.deepEqual(readConfig({ PORT: '', DATABASE_URL: '', TRUST_PROXY: '' }), readConfig({}));
  });

  it('tells every mistake in one message, each by its variable', () => {
    const mistakes = mistakesOf({
      PORT: '70000',
      DATABASE_URL: 'mysql://db',
      LOG_LEVEL: 'loud',
      TRUST_PROXY: 'perhaps',
      JWT_SECRET: 'short',
      LEASE_MS: 'ten',
      PUBLIC_URL: 'not an address',
      PLATFORM_FEE_RATE: '1.5',
      BROKER_URL: 'pubsub://',
      PUBSUB_EMULATOR_HOST: 'http://localhost',
    });
    assert.deepEqual(mistakes.map(line => line.split(':')[0]).sort(), [
      'BROKER_URL',
      'DATABASE_URL',
      'JWT_SECRET',
      'LEASE_MS',
      'LOG_LEVEL',
      'PLATFORM_FEE_RATE',
      'PORT',
      'PUBLIC_URL',
      'PUBSUB_EMULATOR_HOST',
      'TRUST_PROXY',
    ]);
  });

  it('repeats no secret in its mistakes', () => {
    const text = mistakesOf({ JWT_SECRET: 'tooshort', DATABASE_URL: 'mysql://user:hunter2@db' }).join('\n');
    assert.doesNotMatch(text, /tooshort|hunter2/);
  });

  it('says in the singular that there is one mistake', () => {
    assert.throws(() => readConfig({ PORT: 'x' }), /^ConfigError: The configuration has a mistake:\n {2}PORT: /);
  });

  it('shows its settings with every secret masked', () => {
    const rows = describeConfig(readConfig(production));
    assert.equal(rows.length, Object.keys(settings).length);
    const shown = rows.map(row => row.value).join('\n');
    assert.doesNotMatch(shown, /sk_live_1|thirty-two|amqp:|postgres:/);
    assert.equal(rows.find(row => row.env === 'JWT_SECRET')?.value, '********');
    assert.equal(rows.find(row => row.env === 'PUBLIC_URL')?.value, '(unset)');
  });

  it('marks as secret whatever is called one', () => {
    for (const { env, secret: masked } of Object.values(settings)) {
      if (/SECRET|KEY$|PASSWORD|TOKEN/.test(env)) assert.equal(masked, true, env);
    }
  });
});

describe('the configuration of a production system', () => {
  it('is taken when everything that it needs is named', () => {
    assert.equal(readConfig(production).nodeEnv, 'production');
  });

  it('names all that is missing', () => {
    assert.deepEqual(mistakesOf({ NODE_ENV: 'production' }), [
      'DATABASE_URL: required with NODE_ENV=production',
      'BROKER_URL: required with NODE_ENV=production',
      'JWT_SECRET: required with NODE_ENV=production',
      'ENCRYPTION_KEY: required with NODE_ENV=production',
      'STRIPE_SECRET_KEY: required with NODE_ENV=production',
      'HYPERSWITCH_API_KEY: required with NODE_ENV=production',
      'HYPERSWITCH_WEBHOOK_SECRET: required with NODE_ENV=production',
      'SMTP_URL: required with NODE_ENV=production',
      'FIREBASE_PROJECT_ID: required with NODE_ENV=production',
      'FIREBASE_API_KEY: required with NODE_ENV=production',
      'CLERK_ISSUER: required with NODE_ENV=production',
    ]);
  });

  it('does without a provider only when the sandbox is named on purpose', () => {
    const { STRIPE_SECRET_KEY: _, ...rest } = production;
    assert.deepEqual(mistakesOf(rest), ['STRIPE_SECRET_KEY: required with NODE_ENV=production']);
    assert.deepEqual(mistakesOf({ ...rest, SANDBOX_ENABLED: 'true' }), []);
  });

  it('wants all of Hyperswitch or nothing of it', () => {
    const { HYPERSWITCH_API_BASE: _, ...rest } = production;
    assert.deepEqual(mistakesOf(rest), ['HYPERSWITCH_API_BASE: needed with HYPERSWITCH_API_KEY']);
  });

  it('refuses a broker that carries nothing between processes', () => {
    assert.match(mistakesOf({ ...production, BROKER_URL: 'memory:' }).join(), /BROKER_URL: memory: carries nothing/);
  });

  it('takes Google Pub/Sub for a broker, and an emulator of it only beside the sandbox', () => {
    const pubsub = { ...production, BROKER_URL: 'pubsub://some-project-1' };
    assert.equal(readConfig(pubsub).brokerUrl, 'pubsub://some-project-1');
    const emulated = { ...pubsub, PUBSUB_EMULATOR_HOST: 'localhost:8085' };
    assert.match(mistakesOf(emulated).join(), /^PUBSUB_EMULATOR_HOST: /);
    assert.equal(readConfig({ ...emulated, SANDBOX_ENABLED: 'true' }).pubsubEmulatorHost, 'localhost:8085');
  });

  it('refuses the variable that turns token checks off', () => {
    assert.match(
      mistakesOf({ ...production, FIREBASE_AUTH_EMULATOR_HOST: 'localhost:9099' }).join(),
      /FIREBASE_AUTH_EMULATOR_HOST/,
    );
  });
});
