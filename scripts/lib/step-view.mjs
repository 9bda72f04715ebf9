/** How the steps of a set-up look: a line each, with what is under way and what is still to come. Pure: (steps, clock, width) → lines. */

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 100;

/**
 * @typedef {object} Entry
 * @property {string} title
 * @property {'pending' | 'running' | 'done' | 'failed'} state
 * @property {number | undefined} expectedSeconds  What it takes on two idle cores.
 * @property {number} startedMs
 * @property {number} endedMs
 * @property {string} news  The newest line of what runs.
 */

/**
 * @param {string} title
 * @param {number} [expectedSeconds]
 * @returns {Entry}
 */
export function pendingEntry(title, expectedSeconds) {
  return { title, expectedSeconds, state: 'pending', startedMs: 0, endedMs: 0, news: '' };
}

/**
 * @param {readonly Entry[]} entries
 * @param {number} nowMs
 * @param {number} columns  No line is longer: one that wraps could not be redrawn in place.
 * @returns {string[]}
 */
export function stepLines(entries, nowMs, columns) {
  return entries.map((entry) =>
    [...stepLine(entry, nowMs)]
      .slice(0, columns - 1)
      .join('')
      .trimEnd(),
  );
}

/**
 * @param {Entry} entry
 * @param {number} nowMs
 */
function stepLine(entry, nowMs) {
  const { title, state, expectedSeconds, news } = entry;
  switch (state) {
    case 'pending':
      return `○ ${title}${expectedSeconds === undefined ? '' : `  ~${duration(expectedSeconds)}`}`;
    case 'running':
      return `${frames[Math.floor(nowMs / frameMs) % frames.length]} ${title}  ${progress(entry, nowMs)}  ${news}`;
    default:
      return endLine(entry);
  }
}

/**
 * A step that has ended.
 * @param {Entry} entry
 */
export function endLine({ title, state, startedMs, endedMs }) {
  return `${state === 'done' ? '✓' : '✗'} ${title}  ${duration((endedMs - startedMs) / 1000)}`;
}

/**
 * @param {Entry} entry
 * @param {number} nowMs
 */
export function progress({ startedMs, expectedSeconds }, nowMs) {
  const elapsed = duration((nowMs - startedMs) / 1000);
  return expectedSeconds === undefined ? elapsed : `${elapsed} of ~${duration(expectedSeconds)}`;
}

/** @param {number} seconds */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 60 ? `${whole}s` : `${Math.floor(whole / 60)}m ${String(whole % 60).padStart(2, '0')}s`;
}
