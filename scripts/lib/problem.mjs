/** What ends a set-up script: a sentence that names the thing, and what to do next. */
export class Problem extends Error {
  /**
   * @param {string} message
   * @param {string} [hint]
   */
  constructor(message, hint) {
    super(message);
    this.hint = hint;
  }
}

/**
 * Runs a script: a Problem becomes its two lines on stderr and exit code 1, whatever else goes wrong keeps its stack.
 * @param {() => Promise<number | void>} script  Returns the exit code; nothing means 0.
 */
export async function main(script) {
  try {
    process.exitCode = (await script()) ?? 0;
  } catch (error) {
    process.exitCode = 1;
    if (!(error instanceof Problem)) throw error;
    console.error(`error: ${error.message}`);
    if (error.hint) console.error(`hint: ${error.hint}`);
  }
}
