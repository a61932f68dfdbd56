import { z } from 'zod';
import type { Connection } from '../../../db/connect.ts';
import { addStaffAccount, listStaffAccounts, maxStaffAccounts } from '../../../db/workforce/accounts.ts';
import type { OwnStaff } from '../../../db/workforce/staff-profile.ts';
import {
  getTaxForm,
  listTaxForms,
  saveTaxForm,
  submitTaxForm,
  type TaxFormRow,
  type TaxFormType,
  taxFormTypes,
} from '../../../db/workforce/tax-forms.ts';
import { Fault } from '../../../shared/fault.ts';
import { seal } from '../../../shared/secret-box.ts';
import { defineRoute, type Route, type RouteRequest } from '../../route.ts';
import { ownStaff } from '../actor.ts';
import { allItems, allItemsSchema } from '../all-items.ts';
import { staffAccountBody, staffAccountSchema, viewStaffAccount } from '../staff-account-view.ts';
import {
  splitTaxForm,
  taxFormBody,
  taxFormSchema,
  taxFormTypeSchema,
  viewBlankTaxForm,
  viewTaxForm,
} from '../tax-form-view.ts';

const roles = ['workforce:staff'];
const forms = '/staff/profile/tax-forms';
const accounts = '/staff/profile/bank-accounts';
const formParams = z.strictObject({ formType: taxFormTypeSchema.describe('`I9` or `W4`') });
/** What each sealed text is bound to. */
const sealedFor = { nationalId: 'workforce national id', account: 'workforce account number' };

const readForms = defineRoute({
  method: 'GET',
  path: forms,
  summary: 'Their tax forms',
  roles,
  idempotency: 'none',
  response: { 200: allItemsSchema(taxFormSchema) },
  async handler({ actor, db }) {
    const begun = new Map((await listTaxForms(db, ownStaff(actor))).map(form => [form.formType, form]));
    const view = (formType: TaxFormType) => {
      const form = begun.get(formType);
      return form ? viewTaxForm(form) : viewBlankTaxForm(formType);
    };
    return { status: 200, body: allItems(taxFormTypes.map(view)) };
  },
});

const putForm = defineRoute({
  method: 'PUT',
  path: `${forms}/:formType`,
  summary: 'Fill in a tax form',
  description: 'What is left out stays as it is. A submitted form is a draft again.',
  roles,
  idempotency: 'required',
  secretBody: true,
  params: formParams,
  body: taxFormBody,
  response: { 200: taxFormSchema },
  handler: async request => ({ status: 200, body: viewTaxForm(await save(request, request.body)) }),
});

const submitForm = defineRoute({
  method: 'POST',
  path: `${forms}/:formType/submit`,
  summary: 'Submit a tax form',
  description: 'As it is, or with what the body changes first.',
  roles,
  idempotency: 'required',
  secretBody: true,
  params: formParams,
  body: taxFormBody.optional(),
  response: { 200: taxFormSchema },
  async handler(request) {
    const { body, db, params } = request;
    const own = ownStaff(request.actor);
    if (body && Object.keys(body).length > 0) await save(request, body);
    const form = await submitTaxForm(db, own, params.formType);
    if (!form) throw await whyNotSubmitted(db, own, params.formType);
    return { status: 200, body: viewTaxForm(form) };
  },
});

const readAccounts = defineRoute({
  method: 'GET',
  path: accounts,
  summary: 'Where they are paid',
  description: 'The primary account first. Of the numbers only the last four digits.',
  roles,
  idempotency: 'none',
  response: { 200: allItemsSchema(staffAccountSchema) },
  handler: async ({ actor, db }) => ({
    status: 200,
    body: allItems((await listStaffAccounts(db, ownStaff(actor))).map(viewStaffAccount)),
  }),
});

const addAccount = defineRoute({
  method: 'POST',
  path: accounts,
  summary: 'Say where to be paid',
  description: `At most ${maxStaffAccounts} accounts.`,
  roles,
  idempotency: 'required',
  secretBody: true,
  body: staffAccountBody,
  response: { 201: staffAccountSchema },
  async handler({ actor, body, edge, transact }) {
    const { accountNumber, isPrimary = null, ...named } = body;
    const accountSealed = seal(accountNumber, sealedFor.account, edge.config.encryptionKey);
    const account = { ...named, isPrimary, accountSealed, accountLast4: accountNumber.slice(-4) };
    const row = await transact(tx => addStaffAccount(tx, ownStaff(actor), account));
    if (!row)
      throw new Fault('conflict', `You have ${maxStaffAccounts} accounts, as many as one may have.`, {
        reason: 'TOO_MANY_ACCOUNTS',
      });
    return { status: 201, body: viewStaffAccount(row) };
  },
});

function save(
  { actor, db, edge, params }: RouteRequest<z.output<typeof formParams>>,
  body: z.output<typeof taxFormBody>,
): Promise<TaxFormRow> {
  const { fields, nationalId } = splitTaxForm(body);
  const sealed = nationalId === null ? null : seal(nationalId, sealedFor.nationalId, edge.config.encryptionKey);
  const change = {
    formType: params.formType,
    fields,
    nationalId: sealed === null || nationalId === null ? null : { sealed, last4: nationalId.slice(-4) },
  };
  return saveTaxForm(db, ownStaff(actor), change);
}

async function whyNotSubmitted(db: Connection, own: OwnStaff, formType: TaxFormType): Promise<Fault> {
  const form = await getTaxForm(db, own, formType);
  if (form?.status === 'SUBMITTED')
    return new Fault('conflict', 'This form is submitted already.', { reason: 'TAX_FORM_SUBMITTED' });
  const missing = form === null || Object.keys(form.fields).length === 0 ? 'fields' : 'nationalId';
  return new Fault('conflict', 'The form is not filled in yet.', {
    reason: 'TAX_FORM_INCOMPLETE',
    details: { missing },
  });
}

export const staffMoneyRoutes: readonly Route[] = [readForms, putForm, submitForm, readAccounts, addAccount];
