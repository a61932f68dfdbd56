import { context, propagation, SpanStatusCode, trace, type Context } from '@opentelemetry/api';
import { randomBytes } from 'node:crypto';

const traceparentPattern = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** A W3C Trace Context header's value if it is well-formed (https://www.w3.org/TR/trace-context/#traceparent-header). */
export function readTraceparent(header: string | undefined): string | null {
  return header !== undefined && traceparentPattern.test(header) ? header : null;
}

/** A new trace's value, not sampled: for work that begins here. */
export function newTraceparent(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`;
}

const tracer = trace.getTracer('millrace');

/** Whether an OpenTelemetry SDK was loaded (ops/tracing.ts): without one, a span costs one comparison. */
let enabled = false;

/** Called by the module that loads an SDK. */
export function enableTracing(): void {
  enabled = true;
}

/**
 * Runs `work` in a span that continues `traceparent`, and hands it the value to pass on. Without an SDK it just runs, with
 * the value unchanged.
 */
export async function spanned<T>(
  name: string,
  traceparent: string | null,
  work: (traceparent: string | null) => Promise<T>,
): Promise<T> {
  if (!enabled) return work(traceparent);
  const parent: Context = traceparent ? propagation.extract(context.active(), { traceparent }) : context.active();
  return tracer.startActiveSpan(name, {}, parent, async span => {
    const carrier: Record<string, string> = {};
    propagation.inject(context.active(), carrier);
    try {
      return await work(carrier['traceparent'] ?? traceparent);
    } catch (error) {
      span.recordException(error as Error);
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}
