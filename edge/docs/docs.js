// The pages work without this file: it adds the filter, the place in the contents, and the copy buttons.
const filter = document.querySelector('#filter');
const nothing = document.querySelector('#nothing');
const operations = [...document.querySelectorAll('.operation')];
const linkOf = new Map(
  [...document.querySelectorAll('.contents li a')].map(link => [link.getAttribute('href').slice(1), link]),
);

function applyFilter() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const operation of operations) {
    const fits = words.every(word => operation.dataset.search.includes(word));
    operation.hidden = !fits;
    linkOf.get(operation.id).parentElement.hidden = !fits;
    if (fits) shown += 1;
  }
  for (const section of document.querySelectorAll('.group')) {
    section.hidden = !section.querySelector('.operation:not([hidden])');
  }
  for (const section of document.querySelectorAll('.contents section')) {
    section.hidden = !section.querySelector('li:not([hidden])');
  }
  nothing.hidden = shown > 0;
}

function markPlace() {
  const inView = new Set();
  const watcher = new IntersectionObserver(
    entries => {
      for (const { target, isIntersecting } of entries) inView[isIntersecting ? 'add' : 'delete'](target);
      const current = operations.find(operation => inView.has(operation));
      if (!current) return;
      for (const [id, link] of linkOf) {
        if (id === current.id) link.setAttribute('aria-current', 'location');
        else link.removeAttribute('aria-current');
      }
    },
    { rootMargin: '-80px 0px -60% 0px' },
  );
  for (const operation of operations) watcher.observe(operation);
}

function addCopyButtons() {
  for (const sample of document.querySelectorAll('.sample')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Copy';
    button.addEventListener('click', () => {
      navigator.clipboard.writeText(sample.querySelector('code').textContent).then(
        () => {
          button.textContent = 'Copied';
          setTimeout(() => (button.textContent = 'Copy'), 1500);
        },
        () => (button.textContent = 'Not allowed'),
      );
    });
    sample.querySelector('figcaption').append(button);
  }
}

if (filter) {
  filter.hidden = false;
  filter.addEventListener('input', applyFilter);
  document.addEventListener('keydown', event => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      filter.focus();
      filter.select();
    }
    if (event.key === 'Escape' && event.target === filter) {
      filter.value = '';
      applyFilter();
      filter.blur();
    }
  });
  markPlace();
}
if (navigator.clipboard) addCopyButtons();
