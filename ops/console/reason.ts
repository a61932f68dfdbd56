import { z } from 'zod';
import { html } from '../../shared/html.ts';

/** Why an operator acts: asked for wherever something changes, and kept in the audit. */
export const reason = z.string().trim().min(1, 'say why').max(500);

export const reasonField = html`<label class="reason">Why <input name="reason" required maxlength="500" autocomplete="off"></label>`;
