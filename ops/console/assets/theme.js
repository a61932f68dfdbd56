// Before anything is drawn, so that no page flashes in the other theme. What the person chose stays in their browser.
const chosen = localStorage.getItem('theme');
if (chosen) document.documentElement.dataset.theme = chosen;
