/** The table, and where it is kept. */
import { readFile, writeFile } from 'node:fs/promises';
import type { Row } from './measurement.ts';
import { describe, figure } from './samples.ts';

const heading = ['measured', 'goal', 'figure', 'met', 'samples: median (least–greatest)'];

export function table(rows: readonly Row[]): string {
  const cells = rows.map(({ what, goal, unit, figure: value, samples }) => [
    what,
    goal === null ? '' : `≤ ${goal} ${unit}`,
    `${figure(value)} ${unit}`,
    goal === null ? '' : value <= goal ? 'yes' : '**no**',
    samples.map(describe).join('; '),
  ]);
  return [heading, heading.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |\n`).join('');
}

/** What a run gave, as it stands in the document. */
export function results(machine: readonly string[], day: string, rows: readonly Row[]): string {
  return `Measured on ${day}:\n\n${machine.map((line) => `- ${line}\n`).join('')}\n${table(rows)}`;
}

const [begin, end] = ['<!-- begin of figures -->', '<!-- end of figures -->'] as const;

/** Puts the results where the document at `path` had the last ones. @throws Error when it has no place for them. */
export async function keepResults(path: string, text: string): Promise<void> {
  const document = await readFile(path, 'utf8');
  const [before, after] = [document.indexOf(begin), document.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`${path} has no place for the results`);
  await writeFile(path, `${document.slice(0, before + begin.length)}\n\n${text}\n${document.slice(after)}`);
}
