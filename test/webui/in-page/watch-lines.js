// Runs in the page: `delays` has, of each line "written at MILLISECONDS ms", how much later it was on the screen.
const delays = new Map();
window.delays = delays;
function look() {
  for (const [, written] of document.body.textContent.matchAll(/written at (\d+) ms/g)) {
    if (delays.has(written)) continue;
    delays.set(written, Number.NaN);
    // The frame that shows it has been drawn when the next task runs.
    requestAnimationFrame(() => setTimeout(() => delays.set(written, Date.now() - Number(written))));
  }
}
new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
look();
