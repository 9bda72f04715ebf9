/** Measures, and prints the table; the set-up is done (scripts/bench.mjs). */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { connectDocker } from '../../src/runtime/docker/connection.ts';
import { root } from '../lib/command.mjs';
import { main, Problem } from '../lib/problem.mjs';
import { removeLeftovers } from './containers.ts';
import { describeMachine, describeMoment } from './machine.ts';
import type { Bench, KernelSize, Row } from './measurement.ts';
import { measurements } from './measurements.ts';
import { keepResults, results } from './report.ts';
import { SharedLab } from './shared-lab.ts';

const document = join(root, 'docs', 'benchmarks.md');

await main(async () => {
  const { names, folder, kernel, write, help } = readArguments();
  if (help) return console.log(usage());
  const docker = connectDocker(process.env.LDF_DOCKER_HOST);
  const [machine, when] = [await describeMachine(docker), describeMoment()];
  const say = (line: string) => console.error(`  ${line}`);
  const shared = new SharedLab(docker, join(folder, 'lab'), say);
  const bench: Bench = { folder, docker, kernel, say, lab: () => shared.open(), emptyLab: () => shared.openEmpty() };
  await mkdir(folder, { recursive: true });
  await removeLeftovers(docker);
  const rows: Row[] = [];
  try {
    for (const measurement of measurements.filter(({ name }) => names.includes(name))) {
      console.error(`${measurement.name}: ${measurement.summary}`);
      rows.push(...(await measurement.run(bench)));
    }
  } finally {
    await shared.close();
  }
  const text = results(machine, when, rows);
  console.log(text);
  if (write) await keepResults(document, text);
  return rows.some(({ goal, figure }) => goal !== null && figure > goal) ? 1 : 0;
});

/** @throws Problem for a measurement that there is not. */
function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      folder: { type: 'string', default: join(root, '.ldf', 'bench') },
      kernel: { type: 'string', default: 'minimal' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const known = measurements.map(({ name }) => name);
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Problem(`There is no measurement ${unknown.join(', ')}.`, usage());
  const { folder, kernel, write, help } = values;
  if (!isKernelSize(kernel)) throw new Problem(`There is no kernel ${kernel}.`, usage());
  return { names: positionals.length > 0 ? positionals : known, folder: resolve(folder), kernel, write, help };
}

function isKernelSize(name: string): name is KernelSize {
  return name === 'minimal' || name === 'tiny';
}

function usage(): string {
  return [
    'npm run bench [-- NAME… --write --kernel minimal|tiny --folder DIR]',
    ...measurements.map(({ name, summary }) => `  ${name.padEnd(16)} ${summary}`),
    '--write   keeps the table, with the machine, in docs/benchmarks.md',
    '--kernel  what the measurement compile compiles; default: minimal',
    '--folder  where installations are made; default: .ldf/bench',
  ].join('\n');
}
