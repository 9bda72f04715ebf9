// Runs in the page: `frameGaps` has the milliseconds between two frames, of all frames from now on.
let lastMs = performance.now();
window.frameGaps = [];
requestAnimationFrame(function tick(nowMs) {
  window.frameGaps.push(nowMs - lastMs);
  lastMs = nowMs;
  requestAnimationFrame(tick);
});
