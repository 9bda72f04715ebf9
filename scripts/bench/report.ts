/** The table, and where it is kept. */
import { readFile, writeFile } from 'node:fs/promises';
import type { Row } from './measurement.ts';
import { describe, figure } from './samples.ts';

const heading = ['measured', 'goal', 'figure', 'met', 'samples: median (least–greatest)', 'when'];

/** @param when the day of the run, and the load that the machine had before it */
export function table(rows: readonly Row[], when: string): string {
  return [line(heading), line(heading.map(() => '---')), ...tableLines(rows, when)].join('');
}

function tableLines(rows: readonly Row[], when: string): string[] {
  return rows.map(({ what, goal, unit, figure: value, samples }) =>
    line([
      what,
      goal === null ? '' : `≤ ${`${goal} ${unit}`.trim()}`,
      figure(value, unit),
      goal === null ? '' : value <= goal ? 'yes' : '**no**',
      samples.map(describe).join('; '),
      when,
    ]),
  );
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

/** What a run gave, as it stands in the document. */
export function results(machine: readonly string[], when: string, rows: readonly Row[]): string {
  return `${machine.map((fact) => `- ${fact}\n`).join('')}\n${table(rows, when)}`;
}

const [begin, end] = ['<!-- begin of figures -->', '<!-- end of figures -->'] as const;

/**
 * Puts the results where the document at `path` had the last ones. Rows of what was not measured this time stay, each with
 * the day and the load of its own run. @throws Error when the document has no place for them.
 */
export async function keepResults(path: string, text: string): Promise<void> {
  const document = await readFile(path, 'utf8');
  const [before, after] = [document.indexOf(begin), document.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`${path} has no place for the results`);
  const rows = new Map([document.slice(before, after), text].flatMap(rowsOf).map((row) => [nameOf(row), row]));
  const [first = ''] = rowsOf(text);
  const head = text.slice(0, text.indexOf(first));
  const all = `${head}${[...rows.values()].map((row) => `${row}\n`).join('')}`;
  await writeFile(path, `${document.slice(0, before + begin.length)}\n\n${all}\n${document.slice(after)}`);
}

/** The lines of a table, less its heading. */
function rowsOf(text: string): string[] {
  return text
    .split('\n')
    .filter((row) => row.startsWith('| '))
    .slice(2);
}

function nameOf(row: string): string {
  return row.split(' | ')[0] ?? '';
}
