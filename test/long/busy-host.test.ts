/** The verdict on an image does not depend on what else the machine has to do, nor does how long its boot is said to take. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { Build } from '../../src/model/build.ts';
import { buildDefinition, ldf, scratchFolder } from '../e2e/lab.ts';
import { resultOf } from '../fixtures/cli-result.ts';

const scratch = await scratchFolder();
afterAll(scratch.remove);

const loops = 4;
/** How far the two times may be apart, as a part of the first. */
const tolerance = 0.2;

// Where KVM works the guest's clock is the host's, as it is for every virtual machine.
describe.skipIf(existsSync('/dev/kvm'))(`a boot beside ${loops} busy loops`, () => {
  it('ends as it does on an idle machine, and takes the same time', async () => {
    const definition = await scratch.write('instant.yaml', await readFile('examples/instant.yaml', 'utf8'));
    const idle = await buildDefinition(definition, `${scratch.path}/out`);
    const busy = await besideLoops(async () => {
      const { stdout } = await ldf(['retry', idle.id, '--stage', 'boot', '--wait', '--json']);
      return Build.parse(resultOf(stdout));
    });

    const boots = [idle, busy].map(({ stages }) => stages.find(({ name }) => name === 'boot')?.attempt ?? 0);
    expect(boots[1]).toBeGreaterThan(boots[0] ?? Number.NaN);
    expect(busy).toMatchObject({ state: 'succeeded', verdict: { bootable: true }, error: null });
    const [before = Number.NaN, after = Number.NaN] = [idle, busy].map(({ verdict }) => verdict?.seconds);
    expect(before).toBeGreaterThan(0);
    expect(Math.abs(after - before)).toBeLessThanOrEqual(tolerance * before);
  });
});

/** Does something while other processes take every processor they can get. */
async function besideLoops<Result>(work: () => Promise<Result>): Promise<Result> {
  const busy = Array.from({ length: loops }, () => execa(process.execPath, ['--eval', 'for (;;);'], { reject: false }));
  try {
    const result = await work();
    expect(busy.every(({ exitCode }) => exitCode === null)).toBe(true);
    return result;
  } finally {
    for (const loop of busy) loop.kill('SIGKILL');
    await Promise.all(busy);
  }
}
