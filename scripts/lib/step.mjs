/** Progress of a set-up: on a terminal live lines for its steps, elsewhere plain lines. */
import { stripVTControlCharacters } from 'node:util';
import { endLine, pendingEntry, progress, stepLines } from './step-view.mjs';

const frameMs = 100;
/** Elsewhere than on a terminal, a long step says this often that it is still at work. */
const stillMs = 30_000;

/**
 * @typedef {object} Step
 * @property {string} title
 * @property {number} [expectedSeconds]  What it takes on two idle cores.
 * @property {(say: (line: string) => void) => Promise<void>} run  What it gives to `say` shows beside the title.
 */

/**
 * Runs one step.
 * @param {string} title
 * @param {Step['run']} run
 */
export async function step(title, run) {
  await runSteps([[{ title, run }]]);
}

/**
 * Runs rows of steps side by side; in a row each step begins when the one before has ended. When one fails, those of
 * the other rows that run are waited for: a package manager is not to be cut off.
 * @param {readonly (readonly Step[])[]} rows
 * @param {readonly { title: string, expectedSeconds?: number }[]} [later]  What comes after all of them: shown, not run.
 */
export async function runSteps(rows, later = []) {
  if (rows.every((row) => row.length === 0)) return;
  const entries = rows.map((row) => row.map(({ title, expectedSeconds }) => pendingEntry(title, expectedSeconds)));
  const coming = later.map(({ title, expectedSeconds }) => pendingEntry(title, expectedSeconds));
  const show = isLive() ? live(entries.flat(), coming) : plain();
  let failed = false;
  const ended = await Promise.allSettled(
    rows.map(async (row, rowIndex) => {
      for (const [index, { run }] of row.entries()) {
        const entry = entries[rowIndex]?.[index];
        if (!entry || failed) return;
        try {
          await runStep(entry, run, show);
        } catch (error) {
          failed = true;
          throw error;
        }
      }
    }),
  );
  show.stop();
  for (const result of ended) if (result.status === 'rejected') throw result.reason;
}

/**
 * @typedef {object} Show
 * @property {(entry: import('./step-view.mjs').Entry) => void} began
 * @property {(entry: import('./step-view.mjs').Entry) => void} ended
 * @property {() => void} stop
 */

/**
 * @param {import('./step-view.mjs').Entry} entry
 * @param {Step['run']} run
 * @param {Show} show
 */
async function runStep(entry, run, show) {
  Object.assign(entry, { state: 'running', startedMs: Date.now() });
  show.began(entry);
  /** @param {'done' | 'failed'} state */
  const end = (state) => {
    Object.assign(entry, { state, endedMs: Date.now() });
    show.ended(entry);
  };
  try {
    await run((line) => {
      entry.news = stripVTControlCharacters(line).replace(/\s+/g, ' ').trim();
    });
    end('done');
  } catch (error) {
    end('failed');
    throw error;
  }
}

/** As `ldf` decides it: no CI job's terminal, nor one that knows no cursor. */
function isLive() {
  return process.stdout.isTTY && !process.env.CI && process.env.TERM !== 'dumb';
}

/**
 * @param {readonly import('./step-view.mjs').Entry[]} entries
 * @param {readonly import('./step-view.mjs').Entry[]} later
 * @returns {Show}
 */
function live(entries, later) {
  const { stdout } = process;
  let drawn = 0;
  /** @param {readonly import('./step-view.mjs').Entry[]} shown */
  const draw = (shown) => {
    const lines = stepLines(shown, Date.now(), stdout.columns || 80);
    // Up to the first line that was drawn, and away with all of them (ECMA-48: CUU, ED).
    stdout.write(`${drawn > 0 ? `\x1b[${drawn}A` : ''}\r\x1b[J${lines.map((line) => `${line}\n`).join('')}`);
    drawn = lines.length;
  };
  const all = [...entries, ...later];
  draw(all);
  const timer = setInterval(() => draw(all), frameMs);
  return {
    began: () => undefined,
    ended: () => undefined,
    stop() {
      clearInterval(timer);
      // What comes later shows itself from here on; what was not begun is not told of.
      draw(entries.filter(({ state }) => state !== 'pending'));
    },
  };
}

/** @returns {Show} */
function plain() {
  /** @type {Map<import('./step-view.mjs').Entry, NodeJS.Timeout>} */
  const timers = new Map();
  return {
    began(entry) {
      console.log(`${entry.title} …`);
      const still = () =>
        console.log(`${entry.title}: ${progress(entry, Date.now())}${entry.news && `, ${entry.news}`}`);
      timers.set(entry, setInterval(still, stillMs));
    },
    ended(entry) {
      clearInterval(timers.get(entry));
      timers.delete(entry);
      console.log(endLine(entry));
    },
    stop: () => undefined,
  };
}
