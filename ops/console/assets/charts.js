// Draws every `<div class="chart" data-src="…">`: the address answers {unit, series: [{name, color}], data: [[seconds…], [values…], …]}.
import uPlot from './uPlot.esm.js';

const refreshEveryMs = 15000;
const plots = new Map();
/** Lines differ by more than their colour. */
const dashes = [[], [6, 3], [2, 2]];

const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1, notation: 'compact' });
const hourAndMinute = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

function durationOf(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60000) return `${+(ms / 1000).toFixed(1)} s`;
  return ms < 3600000 ? `${+(ms / 60000).toFixed(1)} min` : `${+(ms / 3600000).toFixed(1)} h`;
}

const textOf = (unit, value) =>
  value === null || value === undefined ? '–' : unit === 'ms' ? durationOf(value) : whole.format(value);
const clockOf = seconds => hourAndMinute.format(new Date(seconds * 1000));

/** In words, for who does not see it. */
function describe(element, { unit, series, data }) {
  const [times, ...lines] = data;
  const said = series.map(({ name }, index) => {
    const values = lines[index].filter(value => value !== null);
    return `${name} ${textOf(unit, values.at(-1))}, at most ${textOf(unit, values.length === 0 ? null : Math.max(...values))}`;
  });
  element.dataset.title ??= element.getAttribute('aria-label');
  element.setAttribute('aria-label', `${element.dataset.title}: ${said.join('; ')}, until ${clockOf(times.at(-1))}`);
}

async function draw(element) {
  const reply = await fetch(element.dataset.src).catch(() => null);
  if (!reply?.ok) return;
  const chart = await reply.json();
  const { unit, series, data } = chart;
  plots.get(element)?.destroy();
  plots.delete(element);
  const isEmpty = data.slice(1).every(values => values.every(value => !value));
  element.classList.toggle('empty', isEmpty);
  element.textContent = isEmpty ? element.dataset.empty : '';
  if (isEmpty) return;
  describe(element, chart);
  const axis = {
    stroke: style('--quiet'),
    font: `11px ${style('--sans')}`,
    grid: { stroke: style('--line'), width: 1 },
    ticks: { stroke: style('--line') },
  };
  const options = {
    width: element.clientWidth,
    height: 150,
    cursor: { y: false },
    legend: { live: true },
    scales: { y: { range: (_plot, _low, high) => [0, Math.max(1, high * 1.1)] } },
    axes: [
      { ...axis, size: 28, values: (_plot, splits) => splits.map(clockOf) },
      { ...axis, size: 54, values: (_plot, splits) => splits.map(value => textOf(unit, value)) },
    ],
    series: [
      { label: 'At', value: (_plot, value) => (value === null ? '–' : clockOf(value)) },
      ...series.map(({ name, color }, index) => ({
        label: name,
        stroke: style(`--${color}`),
        width: 1.5,
        dash: dashes[index],
        value: (_plot, value) => textOf(unit, value),
      })),
    ],
  };
  plots.set(element, new uPlot(options, data, element));
}

export function drawCharts() {
  for (const element of document.querySelectorAll('.chart')) void draw(element);
}

let resizing;
let width = innerWidth;
addEventListener('resize', () => {
  // Phones resize the window's height whenever their address bar moves.
  if (innerWidth === width) return;
  width = innerWidth;
  clearTimeout(resizing);
  resizing = setTimeout(drawCharts, 150);
});
setInterval(() => {
  if (!document.hidden) drawCharts();
}, refreshEveryMs);
