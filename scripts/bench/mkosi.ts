/**
 * A definition to a raw disk image with a kernel straight from Debian, against mkosi with the same packages. Both fetch
 * everything from the network. mkosi runs in a container of the bench's own, which may do what no stage may.
 */
import { join } from 'node:path';
import { DockerImages } from '../../src/runtime/docker/docker-images.ts';
import { openTestEngine } from '../../test/fixtures/docker-engine.ts';
import { root } from '../lib/command.mjs';
import { benchLabel, dockerRun, withVolumes } from './containers.ts';
import { instant } from './definitions.ts';
import { assertRan, type Lab, openLab, removeLab } from './lab.ts';
import type { Bench, Measurement } from './measurement.ts';
import { alternating, median } from './samples.ts';

const coldRounds = 3;
const rebuildRounds = 3;
const goal = 0.5;
/** One in each round: a package with few others behind it, which the definition does not have. */
const addedPackages = ['htop', 'tree', 'pv'];

export const mkosi: Measurement = {
  name: 'mkosi',
  summary: "a raw image with Debian's own kernel, against mkosi (15 minutes)",
  async run(bench) {
    const peer = await peerImage(bench);
    const packages = await withColdLab(bench, async (lab) => lab.packages(await instant()));
    const coldMkosi = () =>
      withVolumes(bench.docker, ['bench'], (volume) => {
        bench.say('mkosi, cold');
        return runMkosi(peer, volume('bench'), packages, []);
      });
    const [ours, theirs] = await alternating(coldRounds, () => coldBuild(bench), coldMkosi);
    const again = await unchanged(bench, peer, packages);
    const added = await onePackageAdded(bench, peer, packages);
    return [
      ratio("Definition to raw image with Debian's own kernel, everything cold, to mkosi", goal, ours, theirs),
      ratio('The same again, nothing changed, to mkosi with its incremental cache', null, ...again),
      ratio('One package added (without boot), to mkosi with its incremental cache', goal, ...added),
    ];
  },
};

function ratio(what: string, most: number | null, ours: number[], theirs: number[]) {
  return {
    what,
    goal: most,
    unit: '×',
    figure: median(ours) / median(theirs),
    samples: [
      { of: 'LDF', unit: 's', values: ours },
      { of: 'mkosi', unit: 's', values: theirs },
    ],
  } as const;
}

async function coldBuild(bench: Bench): Promise<number> {
  return withColdLab(bench, async ({ build }) => {
    bench.say('LDF, cold');
    const cold = await build(await instant());
    assertRan(cold.build, ['resolve', 'download', 'prepare', 'compile', 'base', 'assemble', 'package']);
    return cold.seconds;
  });
}

/** Both once more, where each has all that it keeps for the next time. */
async function unchanged(bench: Bench, peer: string, packages: readonly string[]): Promise<[number[], number[]]> {
  return withColdLab(bench, ({ build }) =>
    withVolumes(bench.docker, ['bench'], async (volume) => {
      bench.say('both again, nothing changed');
      const definition = await instant();
      const incremental = () => runMkosi(peer, volume('bench'), packages, ['--incremental=yes', '--force']);
      await build(definition);
      await incremental();
      const ours = async () => {
        const again = await build(definition);
        assertRan(again.build, []);
        return again.seconds;
      };
      return alternating(rebuildRounds, ours, incremental);
    }),
  );
}

/** In each round another package than before, so that neither side finds the result. */
async function onePackageAdded(bench: Bench, peer: string, packages: readonly string[]): Promise<[number[], number[]]> {
  return withColdLab(bench, ({ build }) =>
    withVolumes(bench.docker, ['bench'], async (volume) => {
      bench.say('both again, one package added');
      const definition = await instant();
      const incremental = (more: readonly string[]) =>
        runMkosi(peer, volume('bench'), [...packages, ...more], ['--incremental=yes', '--force']);
      await build(definition);
      await incremental([]);
      const [forUs, forThem] = [[...addedPackages], [...addedPackages]];
      const ours = async () => {
        const added = await build({ ...definition, userland: { packages: forUs.splice(0, 1) } });
        assertRan(added.build, ['resolve', 'download', 'assemble', 'package']);
        return added.seconds;
      };
      return alternating(addedPackages.length, ours, () => incremental(forThem.splice(0, 1)));
    }),
  );
}

/** An installation that has the stage images and nothing else, gone when `use` is done. */
async function withColdLab<Result>(bench: Bench, use: (lab: Lab) => Promise<Result>): Promise<Result> {
  const dataDir = join(bench.folder, 'cold');
  await removeLab(bench.docker, dataDir);
  const lab = await openLab(dataDir, bench.say);
  try {
    return await use(lab);
  } finally {
    await lab.close();
    await removeLab(bench.docker, dataDir);
  }
}

/** Builds the image that mkosi runs in, unless Docker has its layers already. */
async function peerImage({ docker, say }: Bench): Promise<string> {
  const { base } = await openTestEngine();
  const build = {
    directory: join(root, 'scripts', 'bench', 'mkosi'),
    tag: 'ldf/bench-mkosi',
    labels: { [benchLabel]: '' },
    buildArgs: { BASE: base.tag },
  };
  return new DockerImages(docker).buildImage(build, ({ kind, text }) => {
    if (kind === 'step') say(`image of mkosi: ${text}`);
  });
}

/** Seconds, with the start of the container. mkosi mounts and makes namespaces: it needs what Docker denies by default. */
async function runMkosi(image: string, volume: string, packages: readonly string[], args: string[]): Promise<number> {
  const options = [
    '--cap-add',
    'SYS_ADMIN',
    '--security-opt',
    'seccomp=unconfined',
    '--security-opt',
    'apparmor=unconfined',
  ];
  const mounts = [{ volume, target: '/bench', readOnly: false }];
  const names = packages.map((name) => `--package=${name}`);
  const { seconds } = await dockerRun({ image, mounts, options, args: [...args, ...names, 'build'] });
  return seconds;
}
