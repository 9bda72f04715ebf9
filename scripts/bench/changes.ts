/** One change since the last build: what it makes run again, and how long that takes. Begins with nothing. */

import type { Build } from '../../src/model/build.ts';
import { minimal } from './definitions.ts';
import { assertRan, stageOf, stageSeconds } from './lab.ts';
import type { Measurement, Row } from './measurement.ts';

/** Of the time that compile took with no kernel built before. */
const goalOfCold = 0.4;

export const changes: Measurement = {
  name: 'changes',
  summary: 'one package added, one kernel option changed (two kernels, one of them after the other: 20 minutes)',
  async run({ emptyLab, say }) {
    const { build } = await emptyLab();
    const definition = await minimal();
    say('building from nothing');
    const cold = await build(definition);
    assertRan(cold.build, ['resolve', 'download', 'prepare', 'compile', 'base', 'assemble', 'package']);

    say('adding a package');
    const added = await build({ ...definition, userland: { packages: ['htop'] } }, { boot: true });
    assertRan(added.build, ['resolve', 'download', 'assemble', 'package', 'boot']);

    say('changing a kernel option');
    const changed = await build({
      ...definition,
      userland: { packages: ['htop'] },
      kernel: { config: { options: { CONFIG_E1000: 'm' } } },
    });
    assertRan(changed.build, ['prepare', 'compile', 'package']);
    const first = stageSeconds(cold.build, 'compile');
    const again = stageSeconds(changed.build, 'compile');
    const firstCpu = cpuSecondsOf(cold.build);
    const againCpu = cpuSecondsOf(changed.build);

    return [
      only('Build from nothing: empty caches, no lock (without boot)', cold.seconds),
      only('One package added: resolve, download, assemble, package and boot run, the kernel is kept', added.seconds),
      only('One kernel option changed: prepare, compile and package run, assemble is kept', changed.seconds),
      {
        what: 'compile after one option changed, to compile from nothing',
        goal: goalOfCold,
        unit: '×',
        figure: again / first,
        samples: [
          { of: 'changed', unit: 's', values: [again] },
          { of: 'cold', unit: 's', values: [first] },
        ],
      },
      {
        what: 'The same in processor time, which the load of the machine changes less',
        goal: null,
        unit: '×',
        figure: againCpu / firstCpu,
        samples: [
          { of: 'changed', unit: 's', values: [againCpu] },
          { of: 'cold', unit: 's', values: [firstCpu] },
        ],
      },
    ];
  },
};

/** Of all processes of the container. @throws Error where the machine does not tell. */
function cpuSecondsOf(build: Build): number {
  const { usage } = stageOf(build, 'compile');
  if (usage?.cpuSeconds == null) throw new Error(`what compile of build ${build.id} used is not known`);
  return usage.cpuSeconds;
}

/** A figure for which there is no goal. */
function only(what: string, seconds: number): Row {
  return { what, goal: null, unit: 's', figure: seconds, samples: [{ of: 'LDF', unit: 's', values: [seconds] }] };
}
