/**
 * What the end-to-end tests share: a data folder for those that run one after another, so that a test finds the layers of those
 * before it, and a second run those of the first; the built `ldf`; and tools of the stage images to look at artifacts with.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { Build } from '../../src/model/build.ts';
import { StageImageList } from '../../src/model/stage-image.ts';
import type { ImageName } from '../../src/stages/names.ts';
import { resultOf } from '../fixtures/cli-result.ts';

export const repository = resolve(import.meta.dirname, '../..');
/** Files that run side by side have one each: what one removes, another may need. */
export const dataDir = join(repository, '.ldf/test', process.env.VITEST_POOL_ID ?? '1');

/** Of every server that `serve` starts. */
export const token = 'ldf_end-to-end-end-to-end-end-to-end-end';

export const environment = { LDF_DATA_DIR: dataDir, LDF_LOG_LEVEL: 'warn', NO_COLOR: '1' };

export interface Run {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** What is made and started in a third of the time that Debian takes: for tests of what is around a system. */
export function smallSystem(name: string) {
  return {
    ...{ name, arch: 'x86_64' },
    kernel: { source: 'package-cloud' },
    init: 'busybox',
    userland: { base: 'busybox' },
  };
}

/** Runs the built `ldf`; what it says goes to the test's log when it does not end with `expected`. */
export async function ldf(args: readonly string[], expected = 0): Promise<Run> {
  const result = await execa('node', [join(repository, 'dist/ldf.js'), ...args], {
    cwd: repository,
    env: environment,
    reject: false,
    stdin: 'ignore',
    maxBuffer: 256 << 20,
  });
  const run = { exitCode: result.exitCode ?? -1, stdout: String(result.stdout), stderr: String(result.stderr) };
  if (run.exitCode !== expected) console.error(`ldf ${args.join(' ')}\n${run.stdout}\n${run.stderr}`);
  return run;
}

/** Builds a definition and returns the build; artifacts and build.json are left in `output`. */
export async function buildDefinition(
  definition: string,
  output: string,
  options: { expected?: number; args?: string[] } = {},
): Promise<Build> {
  const { stdout, exitCode } = await ldf(
    ['build', '-f', definition, '--wait', '--json', '--output', output, ...(options.args ?? [])],
    options.expected,
  );
  if (exitCode !== (options.expected ?? 0)) throw new Error(`ldf build ended with ${exitCode}`);
  return Build.parse(resultOf(stdout));
}

let stageImages: Promise<Run> | undefined;

/** Which stage images a server takes stands in its data folder; test/e2e/stage-images.ts has built them for Docker already. */
function haveStageImages(): Promise<Run> {
  stageImages ??= ldf(['images', 'build']);
  return stageImages;
}

/** Runs `ldf serve` on a port of 127.0.0.1; resolves when it answers. `end` sends the signal and waits for the end. */
export async function serve(port: number): Promise<{ base: string; end(signal: NodeJS.Signals): Promise<void> }> {
  const base = `http://127.0.0.1:${port}`;
  await haveStageImages();
  const server = execa('node', [join(repository, 'dist/ldf.js'), 'serve'], {
    cwd: repository,
    env: { ...environment, LDF_TOKEN: token, LDF_PORT: String(port) },
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'inherit',
    reject: false,
  });
  const end = async (signal: NodeJS.Signals) => {
    server.kill(signal);
    await server;
  };
  for (let attempt = 0; attempt < 300; attempt++) {
    const answer = await fetch(`${base}/healthz`).catch((error: unknown) => error);
    if (answer instanceof Response && answer.ok) return { base, end };
    await sleep(100);
  }
  await end('SIGKILL');
  throw new Error('the server does not answer');
}

/** A folder that is gone when the test file is done. */
export async function scratchFolder(): Promise<{
  path: string;
  write(name: string, text: string): Promise<string>;
  remove(): Promise<void>;
}> {
  const path = await mkdtemp(join(tmpdir(), 'ldf-e2e-'));
  return {
    path,
    async write(name, text) {
      const file = join(path, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
      return file;
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

/** The Docker id of a stage image. */
export async function stageImageId(image: ImageName): Promise<string> {
  await haveStageImages();
  const images = StageImageList.parse(resultOf((await ldf(['images', 'list', '--json'])).stdout)).items;
  const id = images.find(({ name }) => name === image)?.id;
  if (!id) throw new Error(`there is no stage image ${image}`);
  return id;
}

/** Runs a tool of a stage image on a folder of this machine, mounted at /look; read-only unless it has to write. */
export async function inImage(
  image: ImageName,
  folder: string,
  command: readonly string[],
  access: 'ro' | 'rw' = 'ro',
): Promise<string> {
  const id = await stageImageId(image);
  const [tool = '', ...args] = command;
  const mounts = ['--volume', `${folder}:/look:${access}`, '--tmpfs', '/tmp'];
  const { stdout } = await execa('docker', [
    'run',
    '--rm',
    '--network',
    'none',
    ...mounts,
    '--entrypoint',
    tool,
    id,
    ...args,
  ]);
  return stdout;
}
