import assert from 'node:assert/strict';
import { createInvite, openInviteMail } from '../../db/fieldservice/invites.ts';
import { inviteMailText } from '../../workers/invite-mail.ts';
import { type Field, openField } from '../support/field.ts';

describe('workers/invite-mail', function () {
  this.timeout(120_000);
  let field: Field;
  before(async () => {
    field = await openField({ serve: { worker: false } });
  });
  after(() => field?.stop());

  it('leads to the app where there is one, and names the bare code where there is none', async () => {
    const { id: tenantId, manager } = await field.addTenant('AG Home Organizer');
    const encryptionKey = ['a secret of thirty-two characters'];
    const wanted = { tenantId, email: 'zoe@example.com', role: 'employee', employeeId: null } as const;
    const { id } = await field.db.tx(tx => createInvite(tx, { ...wanted, invitedBy: manager.userId }, encryptionKey));
    const mail = await openInviteMail(field.db, id);
    assert.ok(mail);
    const [bare, led] = [undefined, 'https://app.example.com/'].map(fieldAppUrl =>
      inviteMailText(id, mail, { encryptionKey, fieldAppUrl }),
    );
    const token = /^[\w-]{43}$/m.exec(bare!)?.[0];
    assert.match(bare!, /^Carlos invites you to join AG Home Organizer as an employee\./);
    assert.ok(led!.split('\n').includes(`https://app.example.com/invites/${token}`), led);
  });
});
