/** Work that is done once a frame, however often it is asked for. */

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
    if (document.hidden) setTimeout(run, hiddenMs);
    else requestAnimationFrame(run);
  };
}
