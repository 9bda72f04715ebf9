/**
 * compile: builds the kernel image and its modules from prepare's source and .config. Outputs: `vmlinuz`, `config`,
 * `System.map` and, for a kernel that can load modules, `modules.tar`. Of a kernel that is finished, pack-packaged.ts
 * makes the same.
 *
 * The same input gives the same bytes whatever the machine, the time, the number of CPUs and the state of the cache
 * (Documentation/kbuild/reproducible-builds.rst).
 */
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageData } from '../../src/stages/stages.ts';
import { StageFailure } from '../contract/failure.ts';
import type { StageContext } from '../contract/program.ts';
import { ToolError } from '../contract/tool.ts';
import { BuildOutput, countSteps } from './build-output.ts';
import { compileFailure } from './compile-failure.ts';
import { parseConfig } from './config-file.ts';
import { availableCpus } from './cpus.ts';
import { KernelTree } from './kernel-tree.ts';
import { installModules, moduleRoot, packModules } from './pack-modules.ts';
import { packPackaged } from './pack-packaged.ts';

export async function compile(context: StageContext<'compile'>): Promise<StageData['compile']> {
  return context.params.form === 'source' ? compileSource(context) : packPackaged(context);
}

async function compileSource(context: StageContext<'compile'>): Promise<StageData['compile']> {
  const { params, out, progress } = context;
  progress(0, 'verifying the source tree');
  const { release } = await context.inputData('prepare');
  const text = await readFile(join(context.input('prepare'), 'config'), 'utf8');
  const config = parseConfig(text);
  const tree = await createTree(context);

  await build(context, tree, config);
  await checkConfig(tree, text);

  await copyFile(tree.built(tree.target.image), join(out, 'vmlinuz'));
  await copyFile(tree.built('.config'), join(out, 'config'));
  await copyFile(tree.built('System.map'), join(out, 'System.map'));
  for (const path of ['vmlinuz', 'config', 'System.map']) context.output(path);
  if (hasModules(config)) {
    progress(0.97, 'installing the modules');
    const root = await moduleRoot(context.work);
    await installModules(tree, release, root);
    const symbols = tree.built('System.map');
    await packModules({ root, release, archive: join(out, 'modules.tar'), date: params.sourceDate, symbols });
    context.output('modules.tar');
  }
  progress(1, release);
  return { release, image: 'vmlinuz', modules: hasModules(config) ? 'modules.tar' : null };
}

function hasModules(config: ReadonlyMap<string, string>): boolean {
  return config.get('CONFIG_MODULES') === 'y';
}

async function createTree(context: StageContext<'compile'>): Promise<KernelTree> {
  const [build, scratch] = [join(context.work, 'build'), join(context.work, 'scratch')];
  await mkdir(build);
  await mkdir(scratch);
  const source = join(context.input('prepare'), 'linux');
  await copyFile(join(context.input('prepare'), 'config'), join(build, '.config'));
  return new KernelTree({ arch: context.arch, source, build, scratch });
}

/** What the steps before the first object and after the last take of the whole, by experience. */
const share = { preparing: 0.03, compiling: 0.92 };

async function build(
  context: StageContext<'compile'>,
  tree: KernelTree,
  config: ReadonlyMap<string, string>,
): Promise<void> {
  const env = buildEnvironment(context);
  const mode = cacheMode(config);
  const jobs = `-j${await availableCpus()}`;
  const compilers = [...tree.cachedCompilers(), ...mode.variables];
  const targets = [tree.target.imageTarget, ...(hasModules(config) ? ['modules'] : [])];
  const output = new BuildOutput({
    log: context.log,
    step: (fraction, note) => context.progress(share.preparing + share.compiling * fraction, note),
  });
  try {
    context.progress(0.005, 'preparing the build folder');
    const onLine = (line: string) => output.read(line);
    await tree.make([jobs, ...compilers, 'prepare'], { env, onLine });
    const whole = [jobs, '--output-sync=target', ...compilers, ...targets];
    output.expect(await countSteps(tree, whole, env));
    await tree.make(whole, { env: { ...env, ...mode.env }, onLine });
  } catch (error) {
    throw error instanceof ToolError ? compileFailure(error, output.messages) : error;
  }
}

/** ccache may hold 5 GB: some dozens of configurations. The content of the compiler is hashed, not its date. */
function buildEnvironment({ params, cache }: StageContext<'compile'>): Record<string, string> {
  return {
    KBUILD_BUILD_TIMESTAMP: new Date(params.sourceDate * 1000).toUTCString(),
    KBUILD_BUILD_USER: 'ldf',
    KBUILD_BUILD_HOST: 'ldf',
    KBUILD_BUILD_VERSION: '1',
    CCACHE_DIR: cache('ccache'),
    CCACHE_MAXSIZE: '5G',
    CCACHE_COMPILERCHECK: 'content',
    // Every object includes the whole configuration, so that its headers as they were never fit once an option has changed.
    CCACHE_NODIRECT: '1',
    // Compressors must not cut their input according to the number of CPUs.
    XZ_DEFAULTS: '--threads=1',
    ZSTD_NBTHREADS: '1',
  };
}

/** How ccache compiles what it does not have: `env` for the objects alone, since Kconfig's probes of the compiler need the file. */
interface CacheMode {
  env: Record<string, string>;
  /** Variables for `make`. */
  variables: string[];
}

/**
 * ccache preprocesses every file to find it in the cache. On a miss the compiler then gets that text instead of the file,
 * which saves preprocessing it again: a third of the time of a first build. It gives the same code; but it warns of what
 * stands in macros, and debug information records the compiler's options, so where these count the file is used.
 */
export function cacheMode(config: ReadonlyMap<string, string>): CacheMode {
  const exact = ['CONFIG_WERROR', 'CONFIG_DEBUG_INFO'].some((symbol) => config.get(symbol) === 'y');
  if (exact) return { env: {}, variables: [] };
  return {
    env: { CCACHE_NOCPP2: '1' },
    variables: ['KCFLAGS=-Wno-int-in-bool-context -Wno-tautological-compare'],
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
