import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { refundOrder } from '../../actions/orders.ts';
import { retryFailedTransfer } from '../../actions/transfers.ts';
import { createMarketplaceAdmin } from '../../actions/users.ts';
import { withRows } from '../open.ts';
import { addActOptions, operatorOf, parseId, say, type Session } from '../session.ts';

interface AdminOptions {
  email: string;
  username: string;
  passwordStdin?: boolean;
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
  const orders = program.command('orders').description("the marketplace's orders");
  const refund = orders
    .command('refund')
    .description('send the money of an order back, whenever it was paid; the way out of one that is held')
    .argument('<id>', 'of the order', parseId);
  addActOptions(refund).action(async (id: string, options: object) => {
    const refundId = await withRows(session.env, rows => refundOrder(rows, id, operatorOf(options)));
    say(session, options, { refundId }, `Refund ${refundId} is asked for; the provider's word settles it.`);
  });
  const transfers = program.command('transfers').description("what the marketplace's sellers are owed");
  const retry = transfers
    .command('retry')
    .description('try a failed transfer, or its failed reversal, now')
    .argument('<id>', 'of the transfer', parseId);
  addActOptions(retry).action(async (id: string, options: object) => {
    const tried = await withRows(session.env, rows => retryFailedTransfer(rows, { id }, operatorOf(options)));
    say(session, options, tried, `Job ${tried.jobId} tries it, attempt ${tried.attempt}.`);
  });
}
