import type { VerificationCase } from '../../../db/workforce/verification-search.ts';
import { html, type Markup } from '../../../shared/html.ts';
import type { VerificationCheck, VerificationEvidence } from '../../../shared/verification-check.ts';
import { badge, count } from '../words.ts';
import { verificationName } from './verifications.ts';

/** What browsers show without running anything of it that the policy does not forbid. */
const images = /^image\/(png|jpeg|gif|webp|avif|bmp)$/;
const pdf = 'application/pdf';

export function shownInline(contentType: string): boolean {
  return images.test(contentType) || contentType === pdf;
}

/** The stored file, in the page where browsers can show it. */
export function renderDocument(
  { id, contentType, filename, sizeBytes }: VerificationCase,
  stored: 'there' | 'gone' | 'unreachable',
): Markup {
  const source = `/verifications/${id}/document`;
  const facts = html`<p class="quiet">${filename}, ${contentType}, ${count(Math.ceil(sizeBytes / 1024))} KB</p>`;
  if (stored !== 'there')
    return html`<p class="card problem" role="alert">${stored === 'gone' ? 'The file is not in the store any more: it cannot be looked at.' : 'The file store is not reachable now. Load the page again in a while.'}</p>${facts}`;
  const links = html`<p><a href="${source}" target="_blank" rel="noopener">Open by itself</a> · <a href="${source}?save=1" download>Save</a></p>`;
  if (images.test(contentType))
    return html`<figure class="paper"><img src="${source}" alt="The document as it was sent in"></figure>${links}${facts}`;
  if (contentType === pdf)
    return html`<figure class="paper"><object data="${source}#navpanes=0&view=FitH" type="${pdf}" aria-label="The document as it was sent in"><p>This browser shows no PDF in a page: open it by itself, or save it.</p></object></figure>${links}${facts}`;
  return html`<p class="card">Browsers show no ${contentType}: save it to look at it.</p>${links}${facts}`;
}

const tones = { pass: 'good', fail: 'bad', doubt: 'warn', skipped: 'idle' } as const;
const sources: Record<VerificationEvidence['source'], string> = {
  bytes: 'the file’s bytes',
  text: 'its text layer',
  ocr: 'its picture, read by OCR',
  mrz: 'its machine-readable zone',
  model: 'a vision model',
};

/** Each check with its verdict and how sure that is; what it rests on is personal. */
export function renderChecks(checks: readonly VerificationCheck[], shows: { evidence: boolean }): Markup {
  if (checks.length === 0) return html`<p class="empty card">Nothing has been checked yet.</p>`;
  return html`<ul class="checks">${checks.map(
    check => html`<li class="card"><p>${badge(tones[check.outcome], check.outcome)} <b>${verificationName(check.name)}</b>
<span class="quiet">${Math.round(check.confidence * 100)} % sure${check.reason !== undefined && `, ${verificationName(check.reason)}`}</span></p>
${shows.evidence && html`<p>${check.message}</p>${renderEvidence(check.evidence)}`}</li>`,
  )}</ul>`;
}

function renderEvidence({ found, expected, source, page }: VerificationEvidence): Markup {
  return html`<dl class="facts">
${found !== undefined && html`<dt>Found</dt><dd>${found}</dd>`}
${expected !== undefined && html`<dt>Expected</dt><dd>${expected}</dd>`}
<dt>By</dt><dd>${sources[source]}${page !== undefined && `, page ${page}`}</dd>
</dl>`;
}
