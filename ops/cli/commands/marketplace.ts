import { randomBytes } from 'node:crypto';
import { InvalidArgumentError, type Command } from 'commander';
import { makeUpPaidOrder } from '../../actions/orders.ts';
import { createMarketplaceAdmin } from '../../actions/users.ts';
import { withRows } from '../open.ts';
import { addActOptions, operatorOf, say, wholeNumber, type Session } from '../session.ts';

interface AdminOptions {
  email: string;
  username: string;
  passwordStdin?: boolean;
}

interface OrderOptions {
  buyer: string;
  seller: string;
  gross: number;
  currency: string;
  title: string;
}

export function addMarketplaceCommands(program: Command, session: Session): void {
  const users = program.command('users').description("the marketplace's people");
  const createAdmin = users
    .command('create-admin')
    .description(
      'make an administrator; without --password-stdin the password is made, and shown once on the last line',
    )
    .requiredOption('--email <address>')
    .requiredOption('--username <name>')
    .option('--password-stdin', 'read the password from standard input');
  addActOptions(createAdmin).action(async ({ email, username, passwordStdin, ...options }: AdminOptions) => {
    const given = passwordStdin ? (await session.readInput()).replace(/\r?\n$/, '') : null;
    const password = given ?? randomBytes(18).toString('base64url');
    const account = { email, username, password };
    const { id } = await withRows(session.env, rows => createMarketplaceAdmin(rows, account, operatorOf(options)));
    const text = `Administrator ${username} <${email}> is user ${id}.`;
    const data = { id, email, username };
    if (given === null) say(session, options, { ...data, password }, `${text}\n${password}`);
    else say(session, options, data, text);
  });
  const orders = program.command('orders').description('orders, as far as the sandbox needs them made up');
  const makeUp = orders
    .command('make-up')
    .description('an order that has been paid, and the transfer to its seller; only on the sandbox')
    .requiredOption('--buyer <address>', 'e-mail address of an account')
    .requiredOption('--seller <address>', 'e-mail address of an account')
    .requiredOption('--gross <cents>', 'what the buyer has paid', wholeNumber(1, 100_000_000))
    .option('--currency <code>', 'ISO code', parseCurrency, 'EUR')
    .option('--title <text>', 'what was bought', 'A made-up product');
  addActOptions(makeUp).action(async ({ buyer, seller, gross, currency, title, ...options }: OrderOptions) => {
    const order = { buyerEmail: buyer, sellerEmail: seller, grossCents: gross, currency, title };
    const made = await withRows(session.env, rows => makeUpPaidOrder(rows, order, operatorOf(options)));
    const job = made.jobId === null ? 'waits for its seller to connect an account' : `is job ${made.jobId}`;
    say(session, options, made, `Order ${made.orderId}: transfer ${made.transferId} ${job}.`);
  });
}

function parseCurrency(text: string): string {
  if (!/^[A-Za-z]{3}$/.test(text)) throw new InvalidArgumentError('It must be an ISO code.');
  return text.toUpperCase();
}
