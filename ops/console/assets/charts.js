// Draws every `<div class="chart" data-src="…">`: the address answers {series: [{name, color}], data: [[seconds…], [values…], …]}.
import uPlot from './uPlot.esm.js';

const refreshEveryMs = 15000;
const plots = new Map();

const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

async function draw(element) {
  const reply = await fetch(element.dataset.src).catch(() => null);
  if (!reply?.ok) return;
  const { series, data } = await reply.json();
  plots.get(element)?.destroy();
  const axis = {
    stroke: style('--quiet'),
    grid: { stroke: style('--line'), width: 1 },
    ticks: { stroke: style('--line') },
  };
  const options = {
    width: element.clientWidth,
    height: 140,
    cursor: { y: false },
    legend: { live: true },
    scales: { y: { range: (_plot, _low, high) => [0, Math.max(1, high * 1.1)] } },
    axes: [axis, { ...axis, size: 44 }],
    series: [
      {},
      ...series.map(({ name, color }) => ({ label: name, stroke: style(`--${color}`), width: 1.5, spanGaps: true })),
    ],
  };
  plots.set(element, new uPlot(options, data, element));
}

export function drawCharts() {
  for (const element of document.querySelectorAll('.chart')) void draw(element);
}

let resizing;
addEventListener('resize', () => {
  clearTimeout(resizing);
  resizing = setTimeout(drawCharts, 150);
});
setInterval(() => {
  if (!document.hidden) drawCharts();
}, refreshEveryMs);
