import type { Context } from 'koa';
import type { z } from 'zod';
import type { OperatorRole, OperatorSession } from '../../db/core/operators.ts';
import type { Markup } from '../../shared/html.ts';
import type { ConsoleServices } from './services.ts';

/** The sections that the navigation names, in its order. */
export const sections = [
  'Overview',
  'Jobs',
  'Failures',
  'Queues',
  'Schedules',
  'Transfers',
  'Verifications',
  'Outbox',
  'Audit',
  'Operators',
] as const;
export type Section = (typeof sections)[number];

/** One look at a page. */
export interface PageRequest<Query = unknown> {
  console: ConsoleServices;
  operator: OperatorSession;
  params: Record<string, string>;
  query: Query;
  /** Aborted when the browser has gone. */
  signal: AbortSignal;
}

/**
 * A page as data: the server reads, renders and frames it. Throws `Fault` for what isn't there or can't be; the server words it.
 */
export interface Page {
  path: string;
  section: Section;
  /** Who may look; viewers unless told. */
  role?: OperatorRole;
  /** Of the query; what does not fit is answered 400. */
  query?: z.ZodType;
  // oxlint-disable-next-line typescript/no-explicit-any -- its parts were checked against each other by definePage
  render: (request: any) => Promise<RenderedPage> | RenderedPage;
}

export interface RenderedPage {
  title: string;
  body: Markup;
  /**
   * Parts that change while somebody looks, by the id of their element. Each is rendered again whenever the console has read
   * something new (every second or two, once for everybody), and is sent if it differs. A part must not ask the database itself:
   * it goes by `console.live`.
   */
  live?: Record<string, () => Markup>;
  /** Jobs whose rows the live parts go by. */
  watchedJobs?: readonly string[];
}

/**
 * An action as data: a form's post, guarded by role and CSRF token, that ends in a redirect with a word on what was done, or, where
 * something must be shown that is kept nowhere, in a page.
 */
export interface Action {
  path: string;
  /** Operators unless told. */
  role?: OperatorRole;
  /** Of the form's fields, all texts as browsers send them. */
  form: z.ZodType;
  // oxlint-disable-next-line typescript/no-explicit-any -- see defineAction
  run: (request: any) => Promise<Done | RenderedPage>;
}

export interface ActionRequest<Form> {
  console: ConsoleServices;
  operator: OperatorSession;
  params: Record<string, string>;
  form: Form;
  ip: string;
}

/** Where the browser goes next, and what it is told there. */
export interface Done {
  location: string;
  message: string;
}

/** What is not a page: a chart's figures, a document's bytes. */
export interface Resource {
  path: string;
  role?: OperatorRole;
  answer: (ctx: Context, request: PageRequest) => Promise<void>;
}

/** Ties a page's types to its query. */
export function definePage<Query extends z.ZodType = z.ZodUndefined>(page: {
  path: string;
  section: Section;
  role?: OperatorRole;
  query?: Query;
  render: (request: PageRequest<z.output<Query>>) => Promise<RenderedPage> | RenderedPage;
}): Page {
  return page;
}

/** Ties an action's types to its form. */
export function defineAction<Form extends z.ZodType>(action: {
  path: string;
  role?: OperatorRole;
  form: Form;
  run: (request: ActionRequest<z.output<Form>>) => Promise<Done | RenderedPage>;
}): Action {
  return action;
}
