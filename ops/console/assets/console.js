// What makes a page pleasant. Without it every page still works: reload to see more.
import { drawCharts } from './charts.js';
import { listenToKeys } from './keys.js';
import { keepLive } from './live.js';
import { keepCounting, localize } from './times.js';

localize(document);
keepCounting();
listenToKeys();
drawCharts();

// On a phone the navigation scrolls.
document.querySelector('nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });

// A table that is wider than its place can be scrolled by keyboard.
const wide = new ResizeObserver(entries => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute('tabindex');
  }
});
const watchWide = () => {
  for (const element of document.querySelectorAll('.wide, pre')) wide.observe(element);
};
watchWide();

const main = document.querySelector('main[data-live]');
const connection = document.getElementById('connection');
const state = document.getElementById('live');

if (main) {
  keepLive(main.dataset.live, (how, since) => {
    watchWide();
    state.textContent =
      { live: '· live', held: '· live; what you are using stands still', lost: '· not live' }[how] ?? '';
    const problem = {
      lost: () =>
        `The connection is lost since ${since.toTimeString().slice(0, 5)}: what you see is as old as that. Trying again …`,
      'signed out': () => 'You are signed out: load the page again to sign in.',
    }[how];
    const text = problem?.() ?? '';
    if (connection.textContent !== text) connection.textContent = text;
    main.classList.toggle('stale', text !== '');
  });
}

const theme = document.getElementById('theme');
if (theme) {
  theme.hidden = false;
  theme.addEventListener('click', () => {
    const dark = matchMedia('(prefers-color-scheme: dark)').matches;
    const now = document.documentElement.dataset.theme ?? (dark ? 'dark' : 'light');
    const next = now === 'dark' ? 'light' : 'dark';
    document.documentElement.dataset.theme = next;
    localStorage.setItem('theme', next);
    drawCharts();
  });
}
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawCharts);

// What cannot be taken back asks once more, and nothing is sent twice by a double click.
document.addEventListener('submit', event => {
  const form = event.target;
  if (form.method !== 'post') return;
  const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  if (form.dataset.sent || (question && !confirm(question))) event.preventDefault();
  else form.dataset.sent = 'yes';
});
addEventListener('pageshow', () => {
  for (const form of document.forms) delete form.dataset.sent;
});
