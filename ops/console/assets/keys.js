// Single keys: "/" searches, "?" helps, "g" and a letter go to a section. Who does not want them turns them off in the help.

const sequenceMs = 1500;
const dialog = document.getElementById('keys');
const toggle = document.getElementById('keys-on');
let wentAtMs = Number.NEGATIVE_INFINITY;

const areOn = () => localStorage.getItem('keys') !== 'off';

function search() {
  const field = document.querySelector('[data-search]');
  if (!field) return location.assign('/jobs');
  // It may lie in a folded part of a filter.
  field.closest('details')?.setAttribute('open', '');
  field.focus();
  field.select?.();
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || dialog.open || !areOn()) return;
  const field = event.target.closest?.('input, textarea, select, [contenteditable]');
  // The dialog that has just closed keeps the focus for a moment.
  if (field && !dialog.contains(field)) return;
  const isGoing = event.timeStamp - wentAtMs < sequenceMs;
  wentAtMs = Number.NEGATIVE_INFINITY;
  if (isGoing) {
    const link = document.querySelector(`nav a[data-key="${CSS.escape(event.key)}"]`);
    if (!link) return;
    event.preventDefault();
    link.click();
  } else if (event.key === 'g') {
    wentAtMs = event.timeStamp;
  } else if (event.key === '/') {
    event.preventDefault();
    search();
  } else if (event.key === '?') {
    event.preventDefault();
    dialog.showModal();
  }
}

export function listenToKeys() {
  if (!dialog) return;
  const help = document.getElementById('help');
  help.hidden = false;
  help.addEventListener('click', () => dialog.showModal());
  toggle.checked = areOn();
  toggle.addEventListener('change', () => localStorage.setItem('keys', toggle.checked ? 'on' : 'off'));
  document.addEventListener('keydown', onKey);
}
