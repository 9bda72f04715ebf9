/** Work that is done once a frame, however often it is asked for. */

/** What is needed of the browser's page; where its types are not known, as in tests, this still is. */
const page = globalThis as unknown as {
  document: { hidden: boolean };
  requestAnimationFrame(work: () => void): number;
};

/** A hidden page draws no frames, but is kept up to date. */
const hiddenMs = 500;

export function oncePerFrame(work: () => void): () => void {
  let planned = false;
  const run = () => {
    if (!planned) return;
    planned = false;
    work();
  };
  return () => {
    if (planned) return;
    planned = true;
    if (page.document.hidden) setTimeout(run, hiddenMs);
    else page.requestAnimationFrame(run);
  };
}
