// Runs in the page, which has `lineShown`: tells it the number of each line "line NUMBER is written" once that is on the screen.
const told = new Set();
function look() {
  for (const [, number] of document.body.textContent.matchAll(/line (\d+) is written/g)) {
    if (told.has(number)) continue;
    told.add(number);
    // The frame that shows it has been drawn when the next task runs.
    requestAnimationFrame(() => setTimeout(() => window.lineShown(Number(number))));
  }
}
new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
look();
