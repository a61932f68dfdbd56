import { z } from 'zod';
import type { JobRow } from '../../../db/core/jobs.ts';
import { html } from '../../../shared/html.ts';
import { isUuid } from '../../../shared/uuid.ts';
import { cloneJob, whyNoClone } from '../../actions/clone-job.ts';
import { cancelJob, noSuchJob, showJob } from '../../actions/jobs.ts';
import { maskSecrets } from '../../actions/mask-secrets.ts';
import { type Retried, retryJob } from '../../actions/retry-job.ts';
import { type Action, type ActionRequest, defineAction, definePage, type Page } from '../page.ts';
import { reason } from '../reason.ts';
import { mayActAs } from '../session.ts';
import { shortId } from './job-view.ts';
import { findSubject } from './job-subject.ts';
import { renderFacts, renderJson, renderState, renderSubject, renderTimeline, renderVerbs } from './job-parts.ts';

const page = definePage({
  path: '/jobs/:id',
  section: 'Jobs',
  async render({ console, operator, params }) {
    const id = idOf(params);
    const { job: read, attempts, retries } = await showJob(console, id);
    const subject = await findSubject(console.db, read);
    const { live } = console;
    /** As it was read with the page, or as the console has seen it since. */
    const now = (): JobRow => {
      const seen = live.sight.jobs.get(id);
      return seen && seen.rev > read.rev ? seen : read;
    };
    const cancelSpec = console.catalog.get(read.kind)?.access.cancel;
    const rules = {
      mayCancel: cancelSpec !== 'nobody',
      movesMoney: console.catalog.get(read.kind)?.movesMoney ?? false,
      whyNoClone: whyNoClone(console, read.kind),
    };
    const acts = mayActAs(operator.role, 'operator');
    const parts = {
      state: () => renderState(now(), live.sight),
      timeline: () => renderTimeline(now(), attempts, live.sight),
      result: () => renderJson(maskSecrets(now().result), 'None.'),
      ...(acts && { verbs: () => renderVerbs(now(), { rules, retries, operator }) }),
    };
    return {
      title: `Job ${shortId(id)} of ${read.kind}`,
      body: html`<p><a href="/jobs">Jobs</a> · <a href="/jobs?kind=${read.kind}">${read.kind}</a></p>
<h1>${read.kind} <code class="id">${id}</code></h1>
<section id="state" aria-label="State">${parts.state()}</section>
<section aria-label="Act"><h2>Act</h2>${
        parts.verbs
          ? html`<div id="verbs" class="cards">${parts.verbs()}</div>`
          : html`<p class="quiet">Your role looks on. An operator can retry, cancel and clone.</p>`
      }</section>
<section aria-label="Timeline"><h2>Timeline</h2><div id="timeline" class="wide">${parts.timeline()}</div></section>
${subject && html`<section aria-label="What it is about"><h2>What it is about</h2>${renderSubject(subject)}</section>`}
<div class="columns">
<section aria-label="Payload"><h2>Payload</h2>${renderJson(read.payload, 'Empty.')}</section>
<section aria-label="Result"><h2>Result</h2><div id="result">${parts.result()}</div></section>
</div>
<section aria-label="Facts"><h2>Facts</h2>${renderFacts(read, retries)}</section>`,
      live: parts,
      watchedJobs: [id],
    };
  },
});

const reasoned = z.object({ reason });
const saidOf: Record<Retried['how'], string> = {
  pulled: 'It is due now: a worker takes it as soon as one is free.',
  again: 'Posted anew: this is the new job.',
  live: 'This job does the same, and is live.',
};

const retry = defineAction({
  path: '/jobs/:id/retry',
  form: reasoned,
  async run(request) {
    const { jobId, how } = await retryJob(request.console, ...aboutOf(request));
    return { location: `/jobs/${jobId}`, message: saidOf[how] };
  },
});

const cancel = defineAction({
  path: '/jobs/:id/cancel',
  form: reasoned,
  async run(request) {
    const { id, state } = await cancelJob(request.console, ...aboutOf(request));
    const message =
      state === 'running' ? 'Its worker is asked to stop it, and hears of that within seconds.' : 'It is cancelled.';
    return { location: `/jobs/${id}`, message };
  },
});

const clone = defineAction({
  path: '/jobs/:id/clone',
  form: reasoned,
  async run(request) {
    const { jobId } = await cloneJob(request.console, ...aboutOf(request));
    return { location: `/jobs/${jobId}`, message: 'Cloned: this is the new job.' };
  },
});

function aboutOf({ params, operator, form }: ActionRequest<z.output<typeof reasoned>>) {
  return [{ id: idOf(params) }, { actor: operator.email, reason: form.reason }] as const;
}

/** Throws `Fault('not_found')` for what is no id. */
function idOf({ id = '' }: Record<string, string>): string {
  if (!isUuid(id)) throw noSuchJob();
  return id.toLowerCase();
}

export const jobPages: readonly Page[] = [page];
export const jobActions: readonly Action[] = [retry, cancel, clone];
