import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { createMetrics } from '../../../shared/metrics.ts';
import { ops, type Ran } from '../cli/command-line.ts';
import { usesOf } from './promql.ts';

interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; runbook: string };
}
interface Panel {
  title: string;
  targets?: { expr: string; legendFormat: string }[];
}

const deploy = new URL('../../../ops/deploy/', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, deploy), 'utf8');
const rules = (parse(read('prometheus/alerts.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  group => group.rules,
);
const dashboard = JSON.parse(read('grafana/millrace.json')) as {
  panels: Panel[];
  templating: { list: { name: string; definition?: string }[] };
};

/** What Prometheus itself knows, and the labels that it gives to every sample. */
const ofPrometheus = new Map([
  ['up', []],
  ['ALERTS', ['alertname', 'alertstate']],
]);
const labelsOfTargets = ['job', 'instance', 'process'];

/** Every name that a process exposes, with its labels. */
function exposedNames(): Map<string, string[]> {
  const names = new Map<string, string[]>(ofPrometheus);
  for (const metric of createMetrics({ process: 'test' }).registry.getMetricsAsArray()) {
    const { name, labelNames = [] } = metric as typeof metric & { labelNames?: string[] };
    const isHistogram = String(metric.type) === 'histogram';
    if (!isHistogram) names.set(name, [...labelNames]);
    else {
      for (const suffix of ['_sum', '_count']) names.set(name + suffix, [...labelNames]);
      names.set(`${name}_bucket`, [...labelNames, 'le']);
    }
  }
  return names;
}

/** What is wrong with an expression; empty if every metric exists and has every label. */
function wrongIn(expression: string, moreLabels: readonly string[] = []): string[] {
  const exposed = exposedNames();
  const { metrics, labels } = usesOf(expression);
  if (metrics.length === 0) return [`no metric in ${expression}`];
  return metrics.flatMap(metric => {
    const own = exposed.get(metric);
    if (!own) return [`there is no metric ${metric}`];
    return [...labels, ...moreLabels]
      .filter(label => !own.includes(label) && !labelsOfTargets.includes(label))
      .map(label => `${metric} has no label ${label}`);
  });
}

describe('what is deployed for monitoring', () => {
  it('finds what an expression uses', () => {
    const expression =
      'sum by (kind, le) (rate(a_total{outcome=~"x|y{}",job!="z"}[5m] offset 1h)) / on(kind) b_bucket > 0.2 unless c == 1e3';
    assert.deepEqual(usesOf(expression), {
      metrics: ['a_total', 'b_bucket', 'c'],
      labels: ['kind', 'le', 'outcome', 'job'],
    });
    assert.deepEqual(wrongIn('millrace_jobs_wating'), ['there is no metric millrace_jobs_wating']);
    assert.deepEqual(wrongIn('millrace_relay_lag_seconds{kind="x"}'), ['millrace_relay_lag_seconds has no label kind']);
  });

  for (const { alert, expr, labels, annotations } of rules) {
    it(`${alert} goes by metrics that exist, and says how bad it is and where to read on`, () => {
      const told = [...annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label);
      assert.deepEqual(wrongIn(expr, told), []);
      // A label that the expression sums away would be empty in the sentence.
      for (const label of told) assert.ok(!/\b(sum|max)\b/.test(expr) || usesOf(expr).labels.includes(label), label);
      assert.ok(['page', 'ticket'].includes(labels.severity));
      assert.equal(annotations.runbook, `ops/deploy/runbooks/${runbookOf(alert)}`);
    });
  }

  it('has a runbook for each alert, and no other', () => {
    const names = readdirSync(new URL('runbooks/', deploy)).sort();
    assert.deepEqual(names, rules.map(rule => runbookOf(rule.alert)).sort());
    for (const name of names) {
      const text = read(`runbooks/${name}`);
      for (const part of ['# ', '## What it means', '## Look at', '## Do', '## Wake']) {
        assert.ok(text.includes(part), `${name} has no "${part}"`);
      }
    }
  });

  it('names in its runbooks only commands and options that there are', async () => {
    const texts = readdirSync(new URL('runbooks/', deploy)).map(name => read(`runbooks/${name}`));
    const commands = texts.flatMap(text => [
      ...text.matchAll(
        /`(?:npm run ops -- )?((?:redrive|queues|failures|jobs|alerts|audit|schedules|orders|tick|status|migrate)\b[^`]*)`/g,
      ),
    ]);
    assert.ok(commands.length > 30);
    for (const [, command = ''] of commands) {
      const words = command.split(' ');
      const path = words.slice(0, words.findIndex(word => !/^[a-z]+$/.test(word)) >>> 0);
      const helps = await Promise.all([path, [...path, 'list'], [...path, 'run']].map(helpOf));
      assert.ok(helps[0]?.output.startsWith(`Usage: ops ${path.join(' ')} `), command);
      for (const option of words.filter(word => word.startsWith('--')))
        assert.ok(
          helps.some(({ exitCode, output }) => exitCode === 0 && output.includes(option)),
          command,
        );
    }
  });

  it('shows only metrics that exist on the dashboard', () => {
    const targets = dashboard.panels.flatMap(panel => panel.targets ?? []);
    assert.ok(targets.length > 20);
    for (const { expr, legendFormat } of targets) {
      const told = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
      assert.deepEqual(wrongIn(expr, told), [], expr);
    }
    const { definition = '' } = dashboard.templating.list.find(variable => variable.name === 'kind') ?? {};
    const [, metric = '', label = ''] = /^label_values\((\w+), (\w+)\)$/.exec(definition) ?? [];
    assert.deepEqual(wrongIn(metric, [label]), []);
  });

  it('shows every metric of ours, or alerts by it', () => {
    const expressions = [
      ...rules.map(rule => rule.expr),
      ...dashboard.panels.flatMap(panel => panel.targets ?? []).map(target => target.expr),
    ];
    const used = new Set(expressions.flatMap(expression => usesOf(expression).metrics));
    const idle = createMetrics({ process: 'test' })
      .registry.getMetricsAsArray()
      .map(metric => metric.name)
      .filter(name => name.startsWith('millrace_'))
      .filter(name => !['', '_bucket', '_count'].some(suffix => used.has(name + suffix)));
    assert.deepEqual(idle, []);
  });

  it('scrapes services of compose.yaml by the jobs that the rules name', () => {
    const compose = parse(readFileSync(new URL('../../compose.yaml', deploy), 'utf8')) as {
      services: Record<string, { volumes?: string[] }>;
    };
    const scraped = (
      parse(read('prometheus/prometheus.yml')) as {
        rule_files: string[];
        scrape_configs: { job_name: string; dns_sd_configs: { names: string[] }[] }[];
      }
    ).scrape_configs;
    for (const { job_name: job, dns_sd_configs: found } of scraped) {
      assert.ok(
        found.every(({ names }) => names.every(name => name === job && name in compose.services)),
        job,
      );
      assert.ok(
        rules.some(({ expr }) => expr.includes('up{') && expr.includes(job)),
        job,
      );
    }
    for (const volume of ['prometheus', 'grafana'].flatMap(name => compose.services[name]?.volumes ?? [])) {
      const [from = ''] = volume.split(':');
      if (from.startsWith('./')) assert.ok(existsSync(new URL(`../../${from}`, deploy)), from);
    }
  });
});

function helpOf(path: readonly string[]): Promise<Ran> {
  return ops({}, [...path, '--help']);
}

/** `MillraceOldestDue` → `oldest-due.md`. */
function runbookOf(alert: string): string {
  const words = alert.replace(/^Millrace/, '').match(/[A-Z][a-z]+/g) ?? [];
  return `${words.join('-').toLowerCase()}.md`;
}
