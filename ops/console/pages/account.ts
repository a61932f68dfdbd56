import { z } from 'zod';
import { Fault } from '../../../shared/fault.ts';
import { html } from '../../../shared/html.ts';
import { changeOwnPassword, minPasswordCharacters } from '../../actions/operators.ts';
import { csrfField } from '../layout.ts';
import { type Action, defineAction, definePage, type Page } from '../page.ts';

const account = definePage({
  path: '/account',
  section: 'Operators',
  render({ operator }) {
    const { name, email, role } = operator;
    const field = (label: string, input: string, autocomplete: string, least = 1) =>
      html`<label>${label} <input name="${input}" type="password" autocomplete="${autocomplete}" required minlength="${least}" maxlength="1000"></label>`;
    return {
      title: 'Account',
      body: html`<h1>${name}</h1>
<dl class="facts"><dt>E-mail</dt><dd>${email}</dd><dt>Role</dt><dd>${role}</dd></dl>
<p><a href="/audit?actor=${email}">What you did</a></p>
<form method="post" action="/account/password" class="card account">${csrfField(operator)}<h2>Change your password</h2>
<input type="hidden" name="username" value="${email}" autocomplete="username">
${field('Present password', 'current', 'current-password')}
${field(`New password, at least ${minPasswordCharacters} characters`, 'next', 'new-password', minPasswordCharacters)}
${field('New password, once more', 'again', 'new-password', minPasswordCharacters)}
<button>Change</button></form>`,
    };
  },
});

const password = z.string().max(1_000);

const change = defineAction({
  path: '/account/password',
  role: 'viewer',
  form: z.object({ current: password, next: password, again: password }),
  async run({ console, operator: session, form: { current, next, again } }) {
    if (next !== again) throw new Fault('invalid', 'The two new passwords differ: go back and type them again.');
    await changeOwnPassword(console, { session, current, next });
    return { location: '/account', message: 'Your password is changed, and your other sessions have ended.' };
  },
});

export const accountPages: readonly Page[] = [account];
export const accountActions: readonly Action[] = [change];
