import { z } from 'zod';
import { listQueueSettings } from '../../../db/core/queues.ts';
import { Fault } from '../../../shared/fault.ts';
import { html } from '../../../shared/html.ts';
import {
  pauseAllQueues,
  pauseQueue,
  resetConcurrency,
  resumeAllQueues,
  resumeQueue,
  setConcurrency,
} from '../../actions/queues.ts';
import { renderCharts } from '../charts.ts';
import { type Action, type ActionRequest, defineAction, definePage, type Page } from '../page.ts';
import { reason } from '../reason.ts';
import { mayActAs } from '../session.ts';
import { noLeader } from './no-leader.ts';
import {
  type QueueState,
  renderAllForms,
  renderQueue,
  renderQueueForms,
  renderQueues,
  renderSpec,
  watchQueues,
} from './queues-view.ts';

const list = definePage({
  path: '/queues',
  section: 'Queues',
  async render({ console, operator }) {
    const states = watchQueues(console.live, console.catalog, await listQueueSettings(console.db));
    const parts = {
      leader: () => noLeader(console.live.sight) ?? html``,
      queues: () => renderQueues(states()),
    };
    return {
      title: 'Queues',
      body: html`<h1>Queues</h1>
<div id="leader">${parts.leader()}</div>
<div class="wide" id="queues">${parts.queues()}</div>
${mayActAs(operator.role, 'operator') && html`<section aria-label="Everything"><h2>Everything at once</h2>${renderAllForms(operator)}</section>`}`,
      live: parts,
    };
  },
});

const one = definePage({
  path: '/queues/:kind',
  section: 'Queues',
  async render({ console, operator, params }) {
    const spec = console.catalog.get(params['kind'] as string);
    if (!spec) throw new Fault('not_found', `There is no kind "${params['kind']}".`);
    const { kind } = spec;
    const states = watchQueues(console.live, new Map([[kind, spec]]), await listQueueSettings(console.db));
    const state = () => states()[0] as QueueState;
    const parts = {
      leader: () => noLeader(console.live.sight) ?? html``,
      queue: () => renderQueue(state()),
    };
    return {
      title: `Queue ${kind}`,
      body: html`<p><a href="/queues">Queues</a></p>
<h1>${kind}</h1>
<p>${spec.summary}</p>
<div id="leader">${parts.leader()}</div>
<section id="queue" class="cards" aria-label="State">${parts.queue()}</section>
<p><a href="/jobs?kind=${kind}">Its jobs</a> · <a href="/failures?kind=${kind}">Its failures</a> · <a href="/audit?subject=${kind}">What operators did to it</a></p>
${mayActAs(operator.role, 'operator') && html`<section aria-label="Act"><h2>Act</h2>${renderQueueForms(state(), operator)}</section>`}
${renderCharts(kind)}
<section aria-label="Spec"><h2>By its spec</h2>${renderSpec(spec)}</section>`,
      live: parts,
    };
  },
});

const reasoned = z.object({ reason });
const confirmable = z.object({ reason, confirmed: z.literal('yes').optional() });
const concurrencyForm = z.object({ reason, concurrency: z.coerce.number().int().min(1).max(1_000) });

const pause = defineAction({
  path: '/queues/:kind/pause',
  form: confirmable,
  async run(request) {
    const { console, form } = request;
    const [kind, who] = [kindOf(request), whoOf(request)];
    if (console.catalog.get(kind)?.movesMoney) checkConfirmed(form);
    await pauseQueue(console, { kind }, who);
    return done(kind, `${kind} is paused: workers begin no more of it within seconds.`);
  },
});

const resume = defineAction({
  path: '/queues/:kind/resume',
  form: reasoned,
  async run(request) {
    const kind = kindOf(request);
    await resumeQueue(request.console, { kind }, whoOf(request));
    return done(kind, `${kind} runs again: workers follow within seconds.`);
  },
});

const concurrency = defineAction({
  path: '/queues/:kind/concurrency',
  form: concurrencyForm,
  async run(request) {
    const [kind, { concurrency: jobs }] = [kindOf(request), request.form];
    await setConcurrency(request.console, { kind, concurrency: jobs }, whoOf(request));
    return done(kind, `Each worker process runs ${jobs} of ${kind} at once, within seconds.`);
  },
});

const reset = defineAction({
  path: '/queues/:kind/reset',
  form: reasoned,
  async run(request) {
    const kind = kindOf(request);
    await resetConcurrency(request.console, { kind }, whoOf(request));
    return done(kind, `The concurrency of ${kind} goes by its spec again.`);
  },
});

const pauseAll = defineAction({
  path: '/queues-pause',
  form: confirmable,
  async run(request) {
    checkConfirmed(request.form);
    const kinds = await pauseAllQueues(request.console, whoOf(request));
    return { location: '/queues', message: `Everything is paused: ${kinds.length} kinds ran until now.` };
  },
});

const resumeAll = defineAction({
  path: '/queues-resume',
  form: reasoned,
  async run(request) {
    const kinds = await resumeAllQueues(request.console, whoOf(request));
    return { location: '/queues', message: `Everything runs: ${kinds.length} kinds were paused until now.` };
  },
});

function kindOf({ params }: Pick<ActionRequest<unknown>, 'params'>): string {
  return params['kind'] as string;
}

function whoOf({ operator, form }: Pick<ActionRequest<{ reason: string }>, 'operator' | 'form'>) {
  return { actor: operator.email, reason: form.reason };
}

function checkConfirmed({ confirmed }: { confirmed?: 'yes' | undefined }): void {
  if (!confirmed) throw new Fault('invalid', 'Go back and tick the box: this stops more than it seems.');
}

function done(kind: string, message: string) {
  return { location: `/queues/${kind}`, message };
}

export const queuesPages: readonly Page[] = [list, one];
export const queuesActions: readonly Action[] = [pause, resume, concurrency, reset, pauseAll, resumeAll];
