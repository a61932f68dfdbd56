// Keeps a page's live parts up to date over one stream, without disturbing who reads or uses them.
import { localize } from './times.js';

const retryMs = 5000;
/** The browser comes back by itself within a second or two; only then is it worth a word. */
const patienceMs = 4000;
/** The server breathes every 15 seconds. */
const silenceMs = 40000;

/** Parts that are being used: what they become once they are let go. */
const held = new Map();

/** Whether a change would move what somebody holds, types into or marks. */
function inUse(element) {
  const active = document.activeElement;
  if (active !== element && element.contains(active)) return true;
  if (element.querySelector('button:hover, summary:hover, :active')) return true;
  const selection = getSelection();
  return !selection.isCollapsed && selection.getRangeAt(0).intersectsNode(element);
}

/** What the reader or a script of ours has set, and no server knows of. */
const ours = new Set(['open', 'tabindex']);

/** Makes one node like another with the fewest changes, so that what is scrolled or opened stays so. */
function patch(old, fresh) {
  if (old.nodeName !== fresh.nodeName || (old.id ?? '') !== (fresh.id ?? '')) {
    old.replaceWith(fresh);
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  for (const name of old.getAttributeNames())
    if (!fresh.hasAttribute(name) && !ours.has(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  // A chart draws itself.
  if (!old.dataset.src) patchChildren(old, fresh);
}

function patchChildren(old, fresh) {
  const [has, wants] = [[...old.childNodes], [...fresh.childNodes]];
  for (const [index, node] of wants.entries()) {
    if (index < has.length) patch(has[index], node);
    else old.append(node);
  }
  for (const node of has.slice(wants.length)) node.remove();
}

function show(id, markup) {
  const element = document.getElementById(id);
  if (!element) return true;
  if (inUse(element)) return false;
  const template = document.createElement('template');
  template.innerHTML = markup;
  localize(template.content);
  patchChildren(element, template.content);
  return true;
}

function showHeld() {
  for (const [id, markup] of held) if (show(id, markup)) held.delete(id);
}

/** @param say tells the reader how the connection is: `live`, `held`, `lost` or `signed out`. */
export function keepLive(path, say) {
  let source = null;
  let retry;
  let alarm;
  let watchdog;
  let lostAt = null;

  const heard = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(reopen, silenceMs);
    clearTimeout(alarm);
    alarm = undefined;
    lostAt = null;
    say(held.size > 0 ? 'held' : 'live');
  };
  const lost = () => {
    lostAt ??= new Date();
    alarm ??= setTimeout(() => say('lost', lostAt), patienceMs);
  };
  const close = () => {
    clearTimeout(retry);
    clearTimeout(watchdog);
    source?.close();
    source = null;
  };
  const open = () => {
    close();
    // A page in the background asks for nothing.
    if (document.hidden) return;
    source = new EventSource(`/live?path=${encodeURIComponent(path)}`);
    watchdog = setTimeout(reopen, silenceMs);
    source.addEventListener('breath', heard);
    source.addEventListener('message', ({ data }) => {
      for (const [id, markup] of Object.entries(JSON.parse(data))) held.set(id, markup);
      showHeld();
      heard();
    });
    source.addEventListener('error', () => {
      lost();
      // Refused: the browser does not come back by itself.
      if (source?.readyState === EventSource.CLOSED) void comeBack();
    });
  };
  const comeBack = async () => {
    close();
    const reply = await fetch('/account', { method: 'HEAD' }).catch(() => null);
    if (reply?.status === 401) {
      clearTimeout(alarm);
      say('signed out');
    } else retry = setTimeout(open, retryMs);
  };
  const reopen = () => {
    lost();
    open();
  };

  open();
  document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
  addEventListener('pagehide', close);
  addEventListener('pageshow', ({ persisted }) => persisted && open());
  setInterval(() => {
    if (held.size === 0) return;
    showHeld();
    if (held.size === 0 && lostAt === null) say('live');
  }, 500);
}
