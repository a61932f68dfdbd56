import { z } from 'zod';
import { operatorRoles } from '../../../db/core/operators.ts';
import { html } from '../../../shared/html.ts';
import {
  addOperator,
  disableOperator,
  enableOperator,
  readOperators,
  resetOperatorPassword,
  setOperatorRole,
} from '../../actions/operators.ts';
import { type Action, type ActionRequest, defineAction, definePage, type Page } from '../page.ts';
import { reason } from '../reason.ts';
import { renderAddForm, renderOperator, renderPassword } from './operators-view.ts';

const list = definePage({
  path: '/operators',
  section: 'Operators',
  role: 'admin',
  async render({ console, operator }) {
    const rows = await readOperators(console);
    return {
      title: 'Operators',
      body: html`<h1>Operators</h1>
<p class="quiet">A viewer looks, an operator acts, an admin also says who may. A new role, a new password and disabling end somebody's sessions at once.</p>
${rows.map(row => renderOperator(row, operator))}
<section aria-label="Add"><h2>Add somebody</h2>${renderAddForm(operator)}</section>`,
    };
  },
});

const add = defineAction({
  path: '/operators',
  role: 'admin',
  form: z.object({ email: z.string(), name: z.string(), role: z.enum(operatorRoles), reason }),
  async run(request) {
    const { email, name, role } = request.form;
    const { operator, password } = await addOperator(request.console, { email, name, role }, whoOf(request));
    return renderPassword(operator, password);
  },
});

const password = defineAction({
  path: '/operators/:id/password',
  role: 'admin',
  form: z.object({ reason }),
  async run(request) {
    const made = await resetOperatorPassword(request.console, { id: idOf(request) }, whoOf(request));
    return renderPassword(made.operator, made.password);
  },
});

const role = defineAction({
  path: '/operators/:id/role',
  role: 'admin',
  form: z.object({ role: z.enum(operatorRoles), reason }),
  async run(request) {
    const change = { id: idOf(request), role: request.form.role };
    const { name, role: now } = await setOperatorRole(request.console, change, whoOf(request));
    return { location: '/operators', message: `${name} is now ${now}, and must sign in again.` };
  },
});

const disable = defineAction({
  path: '/operators/:id/disable',
  role: 'admin',
  form: z.object({ reason }),
  async run(request) {
    const { name } = await disableOperator(request.console, { id: idOf(request) }, whoOf(request));
    return { location: '/operators', message: `${name} is disabled and signed out.` };
  },
});

const enable = defineAction({
  path: '/operators/:id/enable',
  role: 'admin',
  form: z.object({ reason }),
  async run(request) {
    const { name } = await enableOperator(request.console, { id: idOf(request) }, whoOf(request));
    return { location: '/operators', message: `${name} may sign in again.` };
  },
});

function idOf({ params }: Pick<ActionRequest<unknown>, 'params'>): string {
  return params['id'] as string;
}

function whoOf({ operator, form }: Pick<ActionRequest<{ reason: string }>, 'operator' | 'form'>) {
  return { actor: operator.email, reason: form.reason };
}

export const operatorsPages: readonly Page[] = [list];
export const operatorsActions: readonly Action[] = [add, password, role, disable, enable];
