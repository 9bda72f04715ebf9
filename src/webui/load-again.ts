const storageKey = 'ldf-loaded-again';
/** What fails again sooner than this is told of, by the router. */
const leastPauseMs = 5_000;

/**
 * Loads the page again when a part of its program could not be loaded: Chromium drops what is under way whenever the machine
 * gets a network interface (ERR_NETWORK_CHANGED), as with each container that Docker connects.
 */
export function loadAgainWhenBroken(): void {
  window.addEventListener('vite:preloadError', () => {
    const now = Date.now();
    if (now - Number(sessionStorage.getItem(storageKey)) < leastPauseMs) return;
    sessionStorage.setItem(storageKey, String(now));
    location.reload();
  });
}
