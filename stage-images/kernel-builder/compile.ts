/**
 * compile: builds the kernel image and its modules from prepare's source and .config. Outputs: `vmlinuz`, `config`,
 * `System.map` and, for a kernel that can load modules, `modules.tar`, which device trees are in as well. Of a kernel that is
 * finished, pack-finished.ts of the packager makes the same.
 *
 * The same input gives the same bytes whatever the machine, the time, the number of CPUs and the state of the cache
 * (Documentation/kbuild/reproducible-builds.rst).
 */

import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makePart } from '../../parts/part.ts';
import { toolchains } from '../../parts/toolchains/index.ts';
import type { Toolchain } from '../../parts/toolchains/toolchain.ts';
import { parseConfig } from '../../src/definition/dot-config.ts';
import type { CompileSourceParams } from '../../src/stages/compile/contract.ts';
import type { CompileData } from '../../src/stages/compile/data.ts';
import { prepareContract } from '../../src/stages/prepare/contract.ts';
import { StageFailure } from '../contract/failure.ts';
import { withPrivateKeyFile } from '../contract/private-key-file.ts';
import type { StageContext } from '../contract/program.ts';
import { ToolError } from '../contract/tool.ts';
import { BuildOutput, countSteps } from './build-output.ts';
import { KeptTrees } from './build-tree.ts';
import { compileFailure } from './compile-failure.ts';
import { availableCpus } from './cpus.ts';
import { installDeviceTrees, requireDeviceTrees } from './device-trees.ts';
import { KernelTree } from './kernel-tree.ts';
import { installModules, moduleFolder, moduleRoot, packModules } from './pack-modules.ts';
import { requireSignatures, signingVariables, trustCertificate } from './sign-modules.ts';

export async function compile(context: StageContext<CompileSourceParams>): Promise<CompileData> {
  const { arch, params, out, progress, log } = context;
  const { deviceTrees = [] } = params;
  const toolchain = makePart('toolchain', toolchains, params.toolchain);
  progress(0, 'verifying the source tree');
  const { release, sourceSha256 } = await context.inputData(prepareContract);
  const text = await readFile(join(context.input('prepare'), 'config'), 'utf8');
  const config = parseConfig(text);
  const tree = await createTree(context, toolchain);
  await requireDeviceTrees(tree, deviceTrees);
  const folders = { before: context.cache('kernel-trees'), next: context.keep('kernel-trees') };
  const kept = new KeptTrees(folders, log);
  const archive = await kept.archive({ arch, sourceSha256 });

  if (canFollow(config) && (await kept.restore(archive, tree.options.build)))
    log('compiling only what the last kernel of this source did not have as it is wanted now');
  await copyFile(join(context.input('prepare'), 'config'), tree.built('.config'));
  if (params.moduleSigning) await trustCertificate(tree, config, params.moduleSigning);
  await build(context, tree, { config, keep: () => kept.keep(archive, tree.options) });
  await checkConfig(tree, text);

  await copyFile(tree.built(imageOf(tree, config).image), join(out, 'vmlinuz'));
  await copyFile(tree.built('.config'), join(out, 'config'));
  await copyFile(tree.built('System.map'), join(out, 'System.map'));
  for (const path of ['vmlinuz', 'config', 'System.map']) context.output(path);
  const packed = hasModules(config) || deviceTrees.length > 0;
  if (packed) {
    progress(0.97, 'installing the modules');
    const root = await moduleRoot(context.work);
    if (hasModules(config)) await install(context, tree, { release, root });
    await installDeviceTrees(tree, deviceTrees, moduleFolder(root, release));
    const symbols = tree.built('System.map');
    await packModules({ root, release, archive: join(out, 'modules.tar'), date: params.sourceDate, symbols });
    context.output('modules.tar');
  }
  progress(1, release);
  return { release, image: 'vmlinuz', modules: packed ? 'modules.tar' : null };
}

type KernelConfig = ReadonlyMap<string, string>;

/** What of the architecture's images is made, and by which target. */
export function imageOf({ target }: Pick<KernelTree, 'target'>, config: KernelConfig) {
  const { unpacking } = target;
  return unpacking && config.get(unpacking.option) === 'y' ? unpacking : target;
}

function hasModules(config: KernelConfig): boolean {
  return config.get('CONFIG_MODULES') === 'y';
}

/**
 * Whether a kernel may be built in the folder of another one. Not when it holds the headers that lie there, as those of the
 * other's would be among them (CONFIG_IKHEADERS: kernel/gen_kheaders.sh).
 */
export function canFollow(config: KernelConfig): boolean {
  return (config.get('CONFIG_IKHEADERS') ?? 'n') === 'n';
}

async function createTree(context: StageContext<CompileSourceParams>, toolchain: Toolchain): Promise<KernelTree> {
  const [build, scratch] = [join(context.work, 'build'), join(context.work, 'scratch')];
  await mkdir(build);
  await mkdir(scratch);
  const source = join(context.input('prepare'), 'linux');
  return new KernelTree({ arch: context.arch, toolchain, source, build, scratch });
}

/** The modules, signed where a certificate says for whom. */
async function install(
  { params: { moduleSigning }, privateKey, log }: StageContext<CompileSourceParams>,
  tree: KernelTree,
  { release, root }: { release: string; root: string },
): Promise<void> {
  if (!moduleSigning) return installModules(tree, release, root);
  await withPrivateKeyFile(await privateKey(), async (key) =>
    installModules(tree, release, root, await signingVariables(tree, moduleSigning, key)),
  );
  const signed = await requireSignatures(moduleFolder(root, release));
  log(`modules with a signature: ${signed}, for the certificate ${moduleSigning.sha256}`);
}

/** What the steps before the first object and after the last take of the whole, by experience. */
const share = { preparing: 0.03, compiling: 0.92 };

interface BuildOptions {
  config: KernelConfig;
  /** Keeps the build folder as it is for the next kernel. */
  keep(): Promise<void>;
}

async function build(context: StageContext<CompileSourceParams>, tree: KernelTree, { config, keep }: BuildOptions) {
  const { params, log, progress } = context;
  const env = buildEnvironment(params.sourceDate);
  const jobs = `-j${await availableCpus()}`;
  const { imageTarget } = imageOf(tree, config);
  const targets = [imageTarget, ...(hasModules(config) ? ['modules'] : []), ...(params.deviceTrees ?? [])];
  const output = new BuildOutput({
    log,
    step: (fraction, note) => progress(share.preparing + share.compiling * fraction, { note, phase: 'compiling' }),
  });
  const stopped = new AbortController();
  const endAtOnce = context.onStop(() => stopped.abort());
  try {
    progress(0.005, 'preparing the build folder');
    const making = { env, cancelSignal: stopped.signal };
    const onLine = (line: string) => output.read(line);
    await tree.make([jobs, 'prepare'], { ...making, onLine });
    const whole = [jobs, '--output-sync=target', ...targets];
    output.expect(await countSteps(tree, whole, making));
    await tree.make(whole, { ...making, onLine });
    progress(0.96, 'keeping what was compiled for the next kernel');
    await keep();
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    // Unless it was killed, make removes what it has left half done: the next attempt continues from there.
    if (error.signal !== 'SIGKILL') await keep();
    throw compileFailure(error, output.messages);
  } finally {
    endAtOnce();
  }
}

function buildEnvironment(sourceDate: number): Record<string, string> {
  return {
    KBUILD_BUILD_TIMESTAMP: new Date(sourceDate * 1000).toUTCString(),
    KBUILD_BUILD_USER: 'ldf',
    KBUILD_BUILD_HOST: 'ldf',
    KBUILD_BUILD_VERSION: '1',
    // Compressors must not cut their input according to the number of CPUs.
    XZ_DEFAULTS: '--threads=1',
    ZSTD_NBTHREADS: '1',
  };
}

/** make brings an incomplete .config up to date by itself: what was proven to hold would then not be what was built. */
async function checkConfig(tree: KernelTree, expected: string): Promise<void> {
  if ((await readFile(tree.built('.config'), 'utf8')) === expected) return;
  throw new StageFailure(
    {
      code: 'kernel.config-changed',
      message: 'The build changed the .config that prepare had made.',
      hint: 'Retry the build from stage prepare.',
    },
    'ours',
  );
}
