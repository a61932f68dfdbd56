// Keeps a page's live parts up to date, and makes it usable by keyboard. Without it every page still works: reload to see more.
import { drawCharts } from './charts.js';

const main = document.querySelector('main[data-live]');
const connection = document.getElementById('connection');

/** Puts a part in its place, unless somebody is just using it. */
function replacePart(id, markup) {
  const element = document.getElementById(id);
  if (!element || element.contains(document.activeElement)) return;
  const opened = new Set([...element.querySelectorAll('details[open][id]')].map(details => details.id));
  element.innerHTML = markup;
  for (const details of element.querySelectorAll('details[id]')) if (opened.has(details.id)) details.open = true;
}

if (main) {
  let source;
  const connect = () => {
    source = new EventSource(`/live?path=${encodeURIComponent(main.dataset.live)}`);
    source.onopen = () => {
      connection.textContent = '· live';
    };
    source.onmessage = ({ data }) => {
      for (const [id, markup] of Object.entries(JSON.parse(data))) replacePart(id, markup);
    };
    source.onerror = () => {
      connection.textContent = '· the connection is lost; trying again';
      if (source.readyState !== EventSource.CLOSED) return;
      // Refused: signed out, perhaps. The browser does not come back by itself then.
      setTimeout(connect, 5000);
    };
  };
  connect();
  // A page in the background asks for nothing.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) source.close();
    else if (source.readyState === EventSource.CLOSED) connect();
  });
}

document.getElementById('theme')?.addEventListener('click', () => {
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const now = document.documentElement.dataset.theme ?? (dark ? 'dark' : 'light');
  const next = now === 'dark' ? 'light' : 'dark';
  document.documentElement.dataset.theme = next;
  localStorage.setItem('theme', next);
  drawCharts();
});

// "/" goes to the search of the page.
document.addEventListener('keydown', event => {
  const typing = event.target.closest?.('input, textarea, select');
  if (event.key !== '/' || typing || event.ctrlKey || event.metaKey) return;
  const search = document.querySelector('[data-search]');
  if (!search) return;
  event.preventDefault();
  search.focus();
});

// What cannot be taken back asks once more.
document.addEventListener('submit', event => {
  const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (question && !confirm(question)) event.preventDefault();
});

drawCharts();
