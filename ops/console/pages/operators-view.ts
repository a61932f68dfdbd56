import {
  operatorRoles,
  type OperatorRole,
  type OperatorRow,
  type OperatorSession,
} from '../../../db/core/operators.ts';
import { html, type Markup } from '../../../shared/html.ts';
import { csrfField } from '../layout.ts';
import type { RenderedPage } from '../page.ts';
import { reasonField } from '../reason.ts';
import { badge, moment } from '../words.ts';

/** One operator, and what an admin may change; one reason for whichever button is pressed. */
export function renderOperator(row: OperatorRow, admin: OperatorSession): Markup {
  const { id, email, name, role, createdAt, disabledAt } = row;
  const base = `/operators/${id}`;
  return html`<section class="card operator" aria-labelledby="o-${id}"><h2 id="o-${id}">${name} ${disabledAt ? badge('warn', 'disabled') : badge('good', role)}${id === admin.id && html` <span class="quiet">you</span>`}</h2>
<p><a href="/audit?actor=${email}">${email}</a> <span class="quiet">${role} since ${moment(createdAt)}${disabledAt && html`, disabled ${moment(disabledAt)}`}</span></p>
<details><summary>Change ${name}</summary>
<form method="post" action="${base}/role" class="inline">${csrfField(admin)}${roleField(role)}${reasonField}
<button>Set role</button>
<button class="second" formaction="${base}/password" data-confirm="Give ${name} a new password, and sign them out?">New password</button>
${
  disabledAt
    ? html`<button class="second" formaction="${base}/enable">Enable</button>`
    : html`<button class="danger" formaction="${base}/disable" data-confirm="Disable ${name}, and sign them out?">Disable</button>`
}</form></details></section>`;
}

export function renderAddForm(admin: OperatorSession): Markup {
  return html`<form method="post" action="/operators" class="card inline">${csrfField(admin)}
<label>Name <input name="name" required maxlength="100" autocomplete="off"></label>
<label>E-mail <input name="email" type="email" required maxlength="254" autocomplete="off"></label>
${roleField('viewer')}${reasonField}<button>Add</button></form>
<p class="quiet">A password is made and shown to you once.</p>`;
}

function roleField(present: OperatorRole): Markup {
  return html`<label>Role <select name="role">${operatorRoles.map(
    role => html`<option${role === present && html` selected`}>${role}</option>`,
  )}</select></label>`;
}

/** The only page that ever shows the password. */
export function renderPassword({ name, email }: OperatorRow, password: string): RenderedPage {
  return {
    title: 'New password',
    body: html`<h1>A password for ${name}</h1>
<p>Hand it over in person or by a safe channel: it is shown only now. ${name} signs in as <b>${email}</b> and may change it under their own name.</p>
<p class="card"><code id="password">${password}</code></p>
<p><a href="/operators">Operators</a></p>`,
  };
}
