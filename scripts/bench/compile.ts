/**
 * The kernel compiled by the stage `compile`, with nothing kept of another, against `make` alone in the same image:
 * processor time of the whole container, as its control group counts it. Same source tree, .config and number of jobs.
 */
import { type RequestEnvelope, stagePaths } from '../../src/stages/contract.ts';
import { PrepareParams } from '../../src/stages/prepare/contract.ts';
import { cpuSeconds, dockerRun, readyStage, stageMounts, withVolumes } from './containers.ts';
import { minimal } from './definitions.ts';
import type { Lab } from './lab.ts';
import type { Bench, Measurement } from './measurement.ts';
import { alternating, median } from './samples.ts';

const rounds = 3;
const goal = 1.03;

export const compile: Measurement = {
  name: 'compile',
  summary: 'a kernel in the stage, against make alone (six kernels: 2 hours; with --kernel tiny 15 minutes)',
  async run(bench) {
    const lab = await bench.lab();
    const { build } = await lab.build(await minimal());
    const { request } = await lab.record(build, 'compile');
    const image = await lab.imageId('kernel-builder');
    const prepared = await lab.record(build, 'prepare');
    if (bench.kernel === 'minimal') return measure(bench, image, request, prepared.layer);
    return withVolumes(bench.docker, ['tiny'], async (volume) => {
      await prepareTiny(bench, lab, image, prepared.request, volume('tiny'));
      return measure(bench, image, request, volume('tiny'));
    });
  },
};

async function measure({ docker, kernel, say }: Bench, image: string, request: RequestEnvelope, prepared: string) {
  const layers = { prepare: prepared };
  let round = 0;
  const stage = () =>
    withVolumes(docker, ['out', 'work', 'trees'], async (volume) => {
      say(`kernel ${++round} of ${2 * rounds}, by the stage`);
      const caches = { 'kernel-trees': volume('trees') };
      const ready = await readyStage({ image, request, layers, out: volume('out'), work: volume('work'), caches });
      return cpuSeconds({ ...ready, command: ['node', '/usr/lib/ldf/program.mjs'] });
    });
  const bare = () =>
    withVolumes(docker, ['work'], (volume) => {
      say(`kernel ${++round} of ${2 * rounds}, by make alone`);
      return cpuSeconds({ image, mounts: stageMounts(layers, volume('work')), command: ['sh', '-euc', bareMake] });
    });
  const [ours, peer] = await alternating(rounds, stage, bare);
  return [
    {
      what: `Compiling the ${kernel} kernel in the stage, from nothing, to \`make\` alone: processor time`,
      goal,
      unit: '×',
      figure: median(ours) / median(peer),
      samples: [
        { of: 'stage', unit: 's', values: ours },
        { of: 'make', unit: 's', values: peer },
      ],
    } as const,
  ];
}

/** What one would type. The stage's /tmp allows no execution, so tools get another one. */
const bareMake = `
mkdir ${stagePaths.work}/build ${stagePaths.work}/tmp
cp ${stagePaths.in}/prepare/config ${stagePaths.work}/build/.config
export TMPDIR=${stagePaths.work}/tmp
exec make -C ${stagePaths.in}/prepare/linux O=${stagePaths.work}/build -j"$(nproc)" bzImage modules`;

/** Prepares the least kernel that Kconfig allows, from the sources that the lab has. */
async function prepareTiny(
  { docker, say }: Bench,
  { sources }: Lab,
  image: string,
  request: RequestEnvelope,
  out: string,
): Promise<void> {
  say('preparing the tiny kernel');
  const params = { ...PrepareParams.parse(request.params), base: 'tiny', options: [] };
  await withVolumes(docker, ['work'], async (volume) => {
    const work = volume('work');
    await dockerRun(await readyStage({ image, request: { ...request, params }, layers: {}, out, work, sources }));
  });
}
