/** The main job: the smallest definition, whose kernel is compiled, becomes an image that has booted. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Build } from '../../src/model/build.ts';
import { partitionsOf, readInside, rootOf } from '../e2e/disk.ts';
import { buildDefinition, inImage, ldf, scratchFolder } from '../e2e/lab.ts';
import { resultOf } from '../fixtures/cli-result.ts';

const scratch = await scratchFolder();
const sumOf = ({ artifacts }: Build) => artifacts.find(({ format }) => format === 'raw')?.sha256;
afterAll(scratch.remove);

describe('examples/minimal.yaml', () => {
  const output = join(scratch.path, 'out');
  const image = join(output, 'minimal-0.1-x86_64.raw');
  let definition = '';
  let file = '';
  let build: Build;

  beforeAll(async () => {
    definition = await readFile('examples/minimal.yaml', 'utf8');
    file = await scratch.write('minimal.yaml', definition);
    build = await buildDefinition(file, output);
  });

  it('builds and boots', () => {
    expect(build).toMatchObject({ state: 'succeeded', verdict: { bootable: true }, error: null });
    expect(build.stages.map(({ name }) => name)).toEqual([
      'resolve',
      'download',
      'prepare',
      'compile',
      'base',
      'assemble',
      'package',
      'boot',
    ]);
  });

  it('leaves the artifacts with their sums, and build.json', async () => {
    expect(Build.parse(JSON.parse(await readFile(join(output, 'build.json'), 'utf8')))).toEqual(build);
    expect(build.artifacts.map(({ format }) => format)).toEqual(
      expect.arrayContaining(['raw', 'sbom', 'checksums', 'console']),
    );
    await execa('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: output });
  });

  it('leaves a lock beside the definition', async () => {
    const lock = JSON.parse(await readFile(join(scratch.path, 'minimal.lock'), 'utf8'));
    expect(lock).toMatchObject({ version: 1, arch: 'x86_64' });
  });

  it('makes a disk that other tools find in order', async () => {
    await execa('/sbin/sfdisk', ['--verify', image]);
    const partitions = await partitionsOf(image);
    expect(partitions.map(({ name }) => name)).toEqual(['ESP', 'root']);
    for (const { offsetBytes } of partitions) expect(offsetBytes % (1 << 20)).toBe(0);
    await execa('/sbin/e2fsck', ['-f', '-n', await rootOf(image)]);
  });

  it('writes the raw image with holes', async () => {
    const { size, blocks } = await stat(image);
    expect(blocks * 512).toBeLessThan(size);
  });

  it('names the host after the distribution', async () => {
    expect((await readInside(await rootOf(image), '/etc/hostname')).trim()).toBe('minimal');
  });

  it('records the console, with the log-in prompt on it', async () => {
    const recorded = build.artifacts.find(({ format }) => format === 'console');
    expect(await readFile(join(output, recorded?.name ?? ''), 'utf8')).toContain('minimal login:');
  });

  it('boots the image as it is: it does not change while it is tested', async () => {
    const [sum] = (await inImage('image-packager', output, ['sha256sum', '/look/minimal-0.1-x86_64.raw'])).split(' ');
    expect(sum).toBe(sumOf(build));
  });

  it('takes everything from the cache the second time, and gives the same image', async () => {
    const again = await buildDefinition(file, join(scratch.path, 'again'));
    expect(again.stages.map(({ name, state }) => `${name} ${state}`)).toEqual(
      again.stages.map(({ name }) => `${name} cached`),
    );
    expect(again.artifacts.map(({ name, sha256 }) => [name, sha256])).toEqual(
      build.artifacts.map(({ name, sha256 }) => [name, sha256]),
    );
  });

  it('compiles only what another option makes different, and gives the first kernel again when it is taken back', async () => {
    const other = await scratch.write(
      'other.yaml',
      `${definition}kernel: { config: { options: { CONFIG_E1000: m } } }\n`,
    );
    const changed = await buildDefinition(other, join(scratch.path, 'other'), { args: ['--no-boot'] });
    const log = 'compiling only what the last kernel of this source did not have';
    expect((await ldf(['logs', changed.id, '--stage', 'compile'])).stdout).toContain(log);
    expect(sumOf(changed)).not.toBe(sumOf(build));

    const again = await buildDefinition(file, join(scratch.path, 'cached'), { args: ['--no-boot'] });
    const compiled = Build.parse(
      resultOf((await ldf(['retry', again.id, '--stage', 'compile', '--wait', '--json'])).stdout),
    );
    expect((await ldf(['logs', again.id, '--stage', 'compile'])).stdout).toContain(log);
    expect(sumOf(compiled)).toBe(sumOf(build));
  });
});
