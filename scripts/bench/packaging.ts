/**
 * The stage `package`, from the root file system's tar to a raw disk image, against mke2fs(8) alone on the same tar in the
 * same image. Both are timed with the start of their container.
 */
import { stagePaths } from '../../src/stages/contract.ts';
import { dockerRun, readyStage, stageMounts, withVolumes } from './containers.ts';
import { minimal } from './definitions.ts';
import type { Measurement } from './measurement.ts';
import { alternating, median } from './samples.ts';

const rounds = 5;
const goal = 1.5;

export const packaging: Measurement = {
  name: 'packaging',
  summary: 'rootfs tar to raw image, against mke2fs alone (a minute, once there is a kernel)',
  async run({ lab, docker, say }) {
    const { build: buildDefinition, record, imageId } = await lab();
    const { build } = await buildDefinition(await minimal());
    const { request } = await record(build, 'package');
    const layers = {
      compile: (await record(build, 'compile')).layer,
      assemble: (await record(build, 'assemble')).layer,
    };
    const image = await imageId('image-packager');
    const diskBytes = build.artifacts.find(({ format }) => format === 'raw')?.sizeBytes;
    if (diskBytes === undefined) throw new Error(`build ${build.id} has no raw image`);

    const stage = () =>
      withVolumes(docker, ['out', 'work'], async (volume) => {
        const run = await readyStage({ image, request, layers, out: volume('out'), work: volume('work') });
        return (await dockerRun(run)).seconds;
      });
    const bare = () =>
      withVolumes(docker, ['work'], async (volume) => {
        const tar = `${stagePaths.in}/assemble/rootfs.tar`;
        const command = ['mke2fs', '-q', '-t', 'ext4', '-d', tar, `${stagePaths.work}/disk.raw`, `${diskBytes >> 10}k`];
        return (await dockerRun({ image, mounts: stageMounts(layers, volume('work')), command })).seconds;
      });

    say(`${rounds} rounds of packaging`);
    const [ours, peer] = await alternating(rounds, stage, bare);
    return [
      {
        what: 'Packaging: root file system tar to raw disk image, to `mke2fs -d` alone',
        goal,
        unit: '×',
        figure: median(ours) / median(peer),
        samples: [
          { of: 'stage', unit: 's', values: ours },
          { of: 'mke2fs', unit: 's', values: peer },
        ],
      },
    ];
  },
};
