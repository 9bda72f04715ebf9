// Before the program is loaded, and before the first paint. A file of its own: the page's policy runs no inline script.

// No page flashes in the other colour scheme.
const chosen = localStorage.getItem('mantine-color-scheme-value') ?? 'auto';
const dark = chosen === 'dark' || (chosen === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');

// A page of which a part could not be loaded loads itself again: Chromium drops what is under way whenever the machine gets a
// network interface (ERR_NETWORK_CHANGED), as with each container that Docker connects.
const loadedAgainKey = 'ldf-loaded-again';
/** What fails again sooner than this is left as it is. */
const leastPauseMs = 5_000;

function loadAgain() {
  const now = Date.now();
  if (now - Number(sessionStorage.getItem(loadedAgainKey)) < leastPauseMs) return;
  sessionStorage.setItem(loadedAgainKey, String(now));
  location.reload();
}

addEventListener('vite:preloadError', loadAgain);
// This event does not bubble: it is heard on its way down. What was to be preloaded is asked for again when it is needed.
addEventListener(
  'error',
  ({ target }) => {
    const styles = target instanceof HTMLLinkElement && target.rel === 'stylesheet';
    if (styles || target instanceof HTMLScriptElement) loadAgain();
  },
  true,
);
