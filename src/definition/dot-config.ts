/** The text of a .config as Kconfig reads it (Documentation/kbuild/kconfig.rst): assignments, and comments that switch off. */

const assignment = /^(CONFIG_\w+)=(.*)$/;
const switchedOff = /^# (CONFIG_\w+) is not set$/;

/** Symbol → value as it stands in the file: y, m, n, a number, or a string in its quotes. The last assignment wins. */
export function parseConfig(text: string): Map<string, string> {
  const config = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, symbol, value] = assignment.exec(line) ?? [];
    if (symbol !== undefined && value !== undefined) config.set(symbol, value);
    else {
      const [, off] = switchedOff.exec(line) ?? [];
      if (off !== undefined) config.set(off, 'n');
    }
  }
  return config;
}

/** The symbol that a line says something of; undefined of a comment. */
export function symbolOf(line: string): string | undefined {
  return assignment.exec(line)?.[1] ?? switchedOff.exec(line)?.[1];
}

/** The numbers (from 1) of the lines that are neither an assignment nor a comment nor empty. */
export function malformedLines(text: string): number[] {
  return text
    .split(/\r?\n/)
    .flatMap((line, index) => (assignment.test(line) || /^\s*(#.*)?$/.test(line) ? [] : [index + 1]));
}

/** A value as it stands in the file, as a definition has it: a string without its quotes, and what they escape. */
export function plainValue(value: string): string {
  const [, text] = /^"(.*)"$/.exec(value) ?? [];
  return text === undefined ? value : text.replace(/\\(.)/g, '$1');
}
