// Puts the moments that the server wrote in UTC into the reader's own zone.

const two = number => String(number).padStart(2, '0');
const dayOf = at => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
const shortDay = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

function agoOf(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
  return seconds < 172800 ? `${Math.round(seconds / 3600)} h ago` : `${Math.round(seconds / 86400)} d ago`;
}

function textOf(element) {
  const at = new Date(element.dateTime);
  if (element.classList.contains('aged')) return agoOf(Date.now() - at);
  const minute = `${two(at.getHours())}:${two(at.getMinutes())}`;
  if (element.classList.contains('clock'))
    return dayOf(at) === dayOf(new Date()) ? minute : `${shortDay.format(at)}, ${minute}`;
  return `${dayOf(at)} ${minute}:${two(at.getSeconds())}`;
}

/** Of everything below `root`. */
export function localize(root) {
  for (const element of root.querySelectorAll('time[datetime]')) {
    const text = textOf(element);
    if (element.textContent !== text) element.textContent = text;
    element.title = `${element.dateTime.slice(0, 19).replace('T', ' ')} UTC`;
  }
}

/** Counts on what is told as "… ago". */
export function keepCounting() {
  setInterval(() => {
    if (document.hidden) return;
    for (const element of document.querySelectorAll('time.aged')) {
      const text = textOf(element);
      if (element.textContent !== text) element.textContent = text;
    }
  }, 1000);
}
