// Runs before a page's own scripts: `shownMs` is when its link with the text "measured" was on the screen, in the page's time.
window.shownMs = new Promise((resolve) => {
  const look = () => {
    if (![...document.links].some(({ textContent }) => textContent === 'measured')) return;
    observer.disconnect();
    // The frame that shows it has been drawn when the next task runs.
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
  };
  const observer = new MutationObserver(look);
  observer.observe(document, { childList: true, subtree: true, characterData: true });
});
