import { z } from 'zod';
import type { OperatorSession } from '../../../db/core/operators.ts';
import { html, type Markup } from '../../../shared/html.ts';
import { pauseSchedule, resumeSchedule, runSchedule } from '../../actions/schedules.ts';
import { readSchedules, type ScheduleView } from '../../actions/status.ts';
import { csrfField } from '../layout.ts';
import { type Action, type ActionRequest, defineAction, definePage, type Page } from '../page.ts';
import { reason, reasonField } from '../reason.ts';
import { mayActAs } from '../session.ts';
import { ago, badge, moment } from '../words.ts';
import { noLeader } from './no-leader.ts';

const list = definePage({
  path: '/schedules',
  section: 'Schedules',
  async render({ console, operator }) {
    const schedules = await readSchedules(console);
    const parts = { leader: () => noLeader(console.live.sight) ?? html`` };
    return {
      title: 'Schedules',
      body: html`<h1>Schedules</h1>
<p class="quiet">Cron lines are in UTC. The leading ticker makes each slot once. Slots that pass while a schedule is paused, or while no ticker runs,
are made up by one: at resume the latest of them is made at once, the others are not.</p>
<div id="leader">${parts.leader()}</div>
${schedules.map(schedule => renderSchedule(schedule, operator))}`,
      live: parts,
    };
  },
});

function renderSchedule(schedule: ScheduleView, operator: OperatorSession): Markup {
  const { name, cron, lastSlot, nextSlots, paused, makes } = schedule;
  return html`<section class="card schedule" aria-labelledby="${name}"><h2 id="${name}">${name} ${paused ? badge('warn', 'paused') : badge('good', 'runs')}</h2>
<dl class="facts">
<dt>Cron</dt><dd><code>${cron}</code></dd>
<dt>Makes</dt><dd>${makes.map(({ kind, summary }) => html`<a href="/queues/${kind}">${kind}</a>: ${summary} `)}</dd>
<dt>Last slot</dt><dd>${lastSlot ? html`${moment(lastSlot)} <span class="quiet">${ago(lastSlot)}</span>` : 'never'}</dd>
<dt>Next slots</dt><dd>${paused && html`<span class="quiet">would be </span>`}${nextSlots.map((slot, index) => html`${index > 0 && ', '}${moment(slot)}`)}</dd>
</dl>
${mayActAs(operator.role, 'operator') && renderForms(schedule, operator)}</section>`;
}

/** One reason for whichever button is pressed. */
function renderForms({ name, paused }: ScheduleView, operator: OperatorSession): Markup {
  const verb = paused ? 'resume' : 'pause';
  return html`<form method="post" action="/schedules/${name}/run" class="inline">${csrfField(operator)}${reasonField}
<button aria-label="Run now: ${name}">Run now</button>
<button class="second" formaction="/schedules/${name}/${verb}" aria-label="${paused ? 'Resume' : 'Pause'} ${name}">${paused ? 'Resume' : 'Pause'}</button>
<a href="/audit?subject=${name}">What operators did</a></form>`;
}

const form = z.object({ reason });
type Request = ActionRequest<z.output<typeof form>>;

const nameOf = ({ params }: Request) => params['name'] as string;
const whoOf = ({ operator, form: sent }: Request) => ({ actor: operator.email, reason: sent.reason });

const run = defineAction({
  path: '/schedules/:name/run',
  form,
  async run(request) {
    const ids = await runSchedule(request.console, nameOf(request), whoOf(request));
    const message = `${nameOf(request)} has made ${ids.length === 1 ? 'a job' : `${ids.length} jobs`} now; its slots stay as they are.`;
    return { location: ids.length === 1 ? `/jobs/${ids[0]}` : '/schedules', message };
  },
});

const pause = defineAction({
  path: '/schedules/:name/pause',
  form,
  async run(request) {
    await pauseSchedule(request.console, nameOf(request), whoOf(request));
    return {
      location: '/schedules',
      message: `${nameOf(request)} is paused: its slots pass until somebody resumes it.`,
    };
  },
});

const resume = defineAction({
  path: '/schedules/:name/resume',
  form,
  async run(request) {
    await resumeSchedule(request.console, nameOf(request), whoOf(request));
    const message = `${nameOf(request)} runs again: if slots have passed, the latest is made within seconds.`;
    return { location: '/schedules', message };
  },
});

export const schedulesPages: readonly Page[] = [list];
export const schedulesActions: readonly Action[] = [run, pause, resume];
