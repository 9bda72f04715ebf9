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

async function loadAgain() {
  const failedAt = Date.now();
  if (failedAt - Number(sessionStorage.getItem(loadedAgainKey)) < leastPauseMs) return;
  // Without the server, the browser would show its own error page in place of what still stands here.
  while (!(await answers())) await new Promise((resolve) => setTimeout(resolve, 1_000));
  sessionStorage.setItem(loadedAgainKey, String(Date.now()));
  location.reload();
}

async function answers() {
  try {
    await fetch('/healthz');
    return true;
  } catch {
    return false;
  }
}

// A view's program is imported again by load-view.ts; of its style sheet, Vite does not try a second time.
addEventListener('vite:preloadError', ({ payload }) => {
  if (String(payload).includes('CSS')) void loadAgain();
});
// This event does not bubble: it is heard on its way down. What was to be preloaded is asked for again when it is needed.
addEventListener(
  'error',
  ({ target }) => {
    const styles = target instanceof HTMLLinkElement && target.rel === 'stylesheet';
    if (styles || target instanceof HTMLScriptElement) void loadAgain();
  },
  true,
);
