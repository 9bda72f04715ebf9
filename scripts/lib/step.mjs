/** Progress of a set-up: on a terminal one live line for each step, elsewhere plain lines. */

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 100;
/** Elsewhere than on a terminal, a long step says this often that it is still at work. */
const stillMs = 30_000;

/**
 * Runs `work` under `title`; what it gives to `say` shows beside the title as the latest news.
 * @template Result
 * @param {string} title
 * @param {(say: (line: string) => void) => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function step(title, work) {
  const started = Date.now();
  const elapsed = () => `${Math.round((Date.now() - started) / 1000)} s`;
  const show = process.stdout.isTTY ? live(title, elapsed) : plain(title, elapsed);
  try {
    const result = await work(show.say);
    show.end(`✓ ${title} (${elapsed()})`);
    return result;
  } catch (error) {
    show.end(`✗ ${title} (${elapsed()})`);
    throw error;
  }
}

/**
 * @param {string} title
 * @param {() => string} elapsed
 */
function live(title, elapsed) {
  let news = '';
  let frame = 0;
  const draw = () => {
    const line = `${frames[frame++ % frames.length]} ${title}  ${elapsed()}  ${news}`;
    process.stdout.write(`\r\x1b[K${line.slice(0, (process.stdout.columns || 80) - 1)}`);
  };
  draw();
  const timer = setInterval(draw, frameMs);
  return {
    /** @param {string} line */
    say(line) {
      news = line.trim();
    },
    /** @param {string} line */
    end(line) {
      clearInterval(timer);
      process.stdout.write(`\r\x1b[K${line}\n`);
    },
  };
}

/**
 * @param {string} title
 * @param {() => string} elapsed
 */
function plain(title, elapsed) {
  console.log(`${title} …`);
  let news = '';
  const timer = setInterval(() => console.log(`${title}: ${elapsed()}${news && `, ${news}`}`), stillMs);
  return {
    /** @param {string} line */
    say(line) {
      news = line.trim();
    },
    /** @param {string} line */
    end(line) {
      clearInterval(timer);
      console.log(line);
    },
  };
}
