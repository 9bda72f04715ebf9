// Gives the texts that end beyond the window, where nothing scrolls them into it, nor shows by an ellipsis that there is more.
(() => {
  const canBeRead = (element) => {
    if (element === null) return false;
    const { overflowX, textOverflow, clip } = getComputedStyle(element);
    // `clip` hides what is for screen readers alone.
    if (/auto|scroll/.test(overflowX) || textOverflow === 'ellipsis' || clip !== 'auto') return true;
    return canBeRead(element.parentElement);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const cut = [];
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    range.selectNodeContents(text);
    if (range.getBoundingClientRect().right > innerWidth + 1 && !canBeRead(text.parentElement))
      cut.push(text.textContent);
  }
  return cut;
})();
