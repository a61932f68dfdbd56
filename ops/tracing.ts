import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { enableTracing } from '../shared/trace.ts';
import { version } from '../shared/version.ts';

// Loaded before a process's own code, as in `NODE_OPTIONS="--import ./dist/ops/tracing.js" npm run edge`. Where spans go is
// told by the standard variables (OTEL_EXPORTER_OTLP_ENDPOINT, …). Without this module no SDK is loaded and a span costs
// one comparison.
const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({
    'service.name': process.env['OTEL_SERVICE_NAME'] ?? 'millrace',
    'service.version': version,
  }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
provider.register();
enableTracing();
process.once('beforeExit', () => void provider.shutdown());
