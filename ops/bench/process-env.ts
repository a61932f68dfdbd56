/** What a process of ours refuses to start without, for benches in which nobody calls a provider. */
export const processEnv = {
  STRIPE_SECRET_KEY: 'sk_test_bench',
  HYPERSWITCH_API_KEY: 'snd_bench',
  HYPERSWITCH_API_BASE: 'http://127.0.0.1:1',
  HYPERSWITCH_WEBHOOK_SECRET: 'bench-bench-bench-bench-bench-bench-bench',
  SMTP_URL: 'smtp://127.0.0.1:1',
  FIREBASE_PROJECT_ID: 'bench',
  CLERK_ISSUER: 'http://127.0.0.1:1',
  FIREBASE_API_KEY: 'bench',
  JWT_SECRET: 'bench-bench-bench-bench-bench-bench-bench',
  ENCRYPTION_KEY: 'bench-bench-bench-bench-bench-bench-bench',
  LIVE_HOOK_SECRET: 'bench-bench-bench-bench-bench-bench-bench',
};
