import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KernelGroup } from '../../../src/stages/lock.ts';
import { sha256File } from '../../../stage-images/contract/hash.ts';
import { fetchSources } from '../../../stage-images/rootfs-assembler/fetch-sources.ts';
import { sourceMakers } from '../makers.ts';
import type { MakingContext, SourceContext } from '../source.ts';
import { uploadResolver } from './resolver.ts';
import { upload } from './upload.ts';

const wishesSha256 = 'e'.repeat(64);
const makefile = 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 40\nEXTRAVERSION =\n';
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-upload-'));
  await mkdir(join(folder, 'store/sha256'), { recursive: true });
  await mkdir(join(folder, 'linux'));
  await writeFile(join(folder, 'linux/Makefile'), makefile);
});
afterEach(() => rm(folder, { recursive: true }));

const store = () => join(folder, 'store');

/** An archive in the store, as the server puts it there. */
async function sent(): Promise<string> {
  const archive = join(folder, 'archive.tar.xz');
  await execa('tar', ['--create', '--xz', `--file=${archive}`, `--directory=${folder}`, 'linux']);
  const sha256 = await sha256File(archive);
  await execa('cp', [archive, join(store(), 'sha256', sha256)]);
  return sha256;
}

function resolved(sha256: string, version = '6.12', previous?: KernelGroup) {
  const context = { sources: store() } as SourceContext;
  return uploadResolver
    .make({ sha256 })
    .resolve(context, { wishesSha256, source: { use: 'upload', params: { sha256 } }, version }, previous);
}

const missing = (sha256: string) => ({
  error: {
    code: 'source.not-uploaded',
    message: expect.stringContaining(sha256),
    hint: expect.stringContaining('ldf sources add'),
    details: [{ pointer: '/kernel/sha256', value: sha256, hint: expect.any(String) }],
  },
});

test('what is in the store is locked with its size, and unpacked from there', async () => {
  const sha256 = await sent();
  const group = await resolved(sha256, '6.12.40');
  expect(group).toMatchObject({ version: '6.12.40', sources: [{ sha256, sizeBytes: expect.any(Number) }] });
  expect(await resolved(sha256, '6.12.40', { ...group, sourceDate: 5 })).toEqual({ ...group, sourceDate: 5 });
  const file = await upload.make({}).verify(group.sources, store());
  await upload.make({}).unpack(file, { folder: join(folder, 'tree'), progress: () => undefined });
  expect(await readdir(join(folder, 'tree'))).toEqual(['Makefile']);
});

describe('what was not sent', () => {
  const sha256 = 'a'.repeat(64);

  test('is told, with the way to send it', async () => {
    await expect(resolved(sha256)).rejects.toMatchObject(missing(sha256));
  });

  test('is told of a lock from elsewhere, too, and of no server', async () => {
    const { sources } = await resolved(await sent());
    await rm(join(store(), 'sha256', sources[0]?.sha256 ?? ''));
    const client = { get: () => Promise.reject(new Error('nobody is to be asked')) };
    const fetching = fetchSources(sources, join(store(), 'sha256'), {
      ...{ client, elsewhere: { mirrors: [], snapshot: null, dates: [] } },
      ...{ progress: () => undefined, log: () => undefined },
      make: async ({ madeBy, url }, target) => {
        await sourceMakers[madeBy?.use ?? '']?.make(madeBy?.params).make({} as MakingContext, url, target);
      },
    });
    await expect(fetching).rejects.toMatchObject(missing(sources[0]?.sha256 ?? ''));
  });
});

test('another file under that hash is refused', async () => {
  const sha256 = 'b'.repeat(64);
  await writeFile(join(store(), 'sha256', sha256), 'half of it');
  await expect(resolved(sha256)).rejects.toMatchObject({ error: { code: 'source.hash-mismatch' } });
});

test('an archive that leads out of itself is refused at its place in the definition', async () => {
  await symlink('/etc/passwd', join(folder, 'linux/link'));
  const { sources } = await resolved(await sent(), '6.12.40');
  const file = await upload.make({}).verify(sources, store());
  await expect(
    upload.make({}).unpack(file, { folder: join(folder, 'tree'), progress: () => undefined }),
  ).rejects.toMatchObject({ error: { code: 'source.unsafe', details: [{ pointer: '/kernel/sha256' }] } });
});
