/** What comes out of a layer is a stage's word alone: nothing but regular files is taken, and nothing is followed. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import Docker from 'dockerode';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLocalArtifactStore } from '../../../../src/artifacts/local-artifact-store.ts';
import { firstDifferentMember } from '../../../../src/engine/verification/first-difference.ts';
import { openRegular } from '../../../../src/regular-file.ts';
import { exportContainer, unpackFrom } from '../../../../src/runtime/docker/export-files.ts';

let folder: string;
let layer: string;
let target: string;
const never = new AbortController().signal;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-export-'));
  [layer, target] = [join(folder, 'layer'), join(folder, 'target')];
  await mkdir(join(layer, 'real'), { recursive: true });
  await mkdir(target);
  await writeFile(join(folder, 'secret'), 'of the server');
  await writeFile(join(layer, 'image.raw'), 'an image');
  await writeFile(join(layer, 'real/deep.txt'), 'deep');
  await symlink('/etc/hostname', join(layer, 'absolute'));
  await symlink('../secret', join(layer, 'upwards'));
  await symlink('image.raw', join(layer, 'beside'));
  await symlink('real', join(layer, 'folder'));
  await execa('mkfifo', [join(layer, 'pipe')]);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A helper whose tar is that of this machine, with the options it would have in its container. */
async function unpack(...paths: string[]): Promise<void> {
  const { Cmd: args = [] } = exportContainer('volume', paths, 'image', 'installation');
  const here = args.map((arg) => (arg.startsWith('--directory=') ? `--directory=${layer}` : arg));
  const { stdout } = await execa('tar', here, { encoding: 'buffer' });
  const header = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(stdout.length, 4);
  const helper = Object.assign(new Docker({ socketPath: '/nowhere' }).getContainer('helper'), {
    attach: async () => Readable.from([Buffer.concat([header, stdout])]),
    wait: async () => ({ StatusCode: 0 }),
    start: async () => undefined,
  });
  await unpackFrom(helper, paths, target, paths.join(), never);
}

describe('exporting from a layer', { timeout: 60_000 }, () => {
  it('takes regular files', async () => {
    await unpack('image.raw', 'real/deep.txt');
    const file = await openRegular(join(target, 'image.raw'));
    expect(await file.readFile('utf8')).toBe('an image');
    await file.close();
  });

  it.each([
    ['absolute', /absolute is a symbolic link/],
    ['upwards', /upwards is a symbolic link/],
    ['beside', /beside is a symbolic link/],
    ['pipe', /pipe is a FIFO/],
    ['real', /real is a folder/],
  ])('refuses %s at once', async (path, message) => {
    await expect(unpack(path)).rejects.toMatchObject({
      code: 'stage.result-invalid',
      message: expect.stringMatching(message),
    });
  });

  it('does not go through a folder that is a link', async () => {
    // In the archive the folder comes as a link, and the file through it.
    await expect(unpack('folder', 'real/deep.txt')).rejects.toMatchObject({ code: 'stage.result-invalid' });
    await symlink(join(folder, 'elsewhere'), join(target, 'real2'));
    await mkdir(join(folder, 'elsewhere'));
    await mkdir(join(layer, 'real2'));
    await writeFile(join(layer, 'real2/x'), 'x');
    await expect(unpack('real2/x')).rejects.toMatchObject({
      code: expect.stringMatching(/stage.result-invalid|internal/),
    });
  });
});

describe('opening what came out of a layer', { timeout: 60_000 }, () => {
  const sha256 = 'f'.repeat(64);

  it.each(['absolute', 'beside', 'pipe', 'real'])('the artifact store refuses %s, and tells no path', async (name) => {
    const artifacts = await openLocalArtifactStore(join(folder, 'artifacts'));
    const refused = artifacts.adopt(join(layer, name), sha256);
    await expect(refused).rejects.toMatchObject({ code: 'stage.result-invalid' });
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining(folder) });
    expect(await artifacts.contents()).toEqual([]);
  });

  it('a comparison refuses a FIFO', async () => {
    const [pipe, image] = [join(layer, 'pipe'), join(layer, 'image.raw')];
    await expect(firstDifferentMember(pipe, image, never)).rejects.toThrow('FIFO');
  });

  it('a socket and a device are refused too', async () => {
    const server = createServer().listen(join(layer, 'socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    await expect(openRegular(join(layer, 'socket'))).rejects.toThrow('a socket');
    await expect(openRegular('/dev/null')).rejects.toThrow('null is a device');
    server.close();
  });

  it('a large file is hashed, whoever does it', async () => {
    const artifacts = await openLocalArtifactStore(join(folder, 'artifacts'));
    const file = join(await artifacts.staging('b'), 'large');
    await writeFile(file, Buffer.alloc(9 << 20, 7));
    const { stdout } = await execa('sha256sum', [file]);
    await artifacts.adopt(file, stdout.slice(0, 64));
    expect(await artifacts.contents()).toEqual([stdout.slice(0, 64)]);
  });
});
