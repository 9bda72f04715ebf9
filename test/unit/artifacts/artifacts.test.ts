import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ArtifactStore } from '../../../src/artifacts/artifact-store.ts';
import { openLocalArtifactStore } from '../../../src/artifacts/local-artifact-store.ts';

const content = 'an image\n';
const sha256 = createHash('sha256').update(content).digest('hex');
let folder: string;
let artifacts: ArtifactStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-artifacts-'));
  artifacts = await openLocalArtifactStore(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function stage(): Promise<string> {
  const file = join(await artifacts.staging('b1'), 'disk.raw');
  await writeFile(file, content);
  return file;
}

describe('the local artifact store', () => {
  it('takes a file over and gives it back, whole and in part', async () => {
    await artifacts.adopt(await stage(), sha256);
    expect(await artifacts.storedBytes(sha256)).toBeGreaterThan(0);
    expect(await artifacts.contents()).toEqual([sha256]);
    expect(await text(await artifacts.read(sha256))).toBe(content);
    expect(await text(await artifacts.read(sha256, { start: 3, end: 7 }))).toBe('image');
  });

  it('takes the same content twice', async () => {
    await artifacts.adopt(await stage(), sha256);
    await artifacts.adopt(await stage(), sha256);
    expect(await text(await artifacts.read(sha256))).toBe(content);
  });

  it('refuses a file that is not what was announced', async () => {
    const wrong = 'f'.repeat(64);
    await expect(artifacts.adopt(await stage(), wrong)).rejects.toMatchObject({ code: 'stage.result-invalid' });
    expect(await artifacts.storedBytes(wrong)).toBeUndefined();
  });

  it('says when there is no such content', async () => {
    await expect(artifacts.read(sha256)).rejects.toMatchObject({ code: 'not-found' });
    await artifacts.remove(sha256);
    await artifacts.adopt(await stage(), sha256);
    await artifacts.remove(sha256);
    expect(await artifacts.storedBytes(sha256)).toBeUndefined();
    expect(await artifacts.contents()).toEqual([]);
  });

  it('gives an owner an empty folder, whatever its process left there when it died, and leaves the others alone', async () => {
    await stage();
    const other = await artifacts.staging('b2');
    await writeFile(join(other, 'disk.raw'), content);
    expect(await readdir(await artifacts.staging('b1'))).toEqual([]);
    await artifacts.clearStaging('b1');
    await artifacts.clearStaging('b1');
    expect(await readdir(join(folder, 'staging'))).toEqual(['b2']);
    expect(await readdir(other)).toEqual(['disk.raw']);
  });

  it('knows how much room is left', async () => {
    expect((await artifacts.disk()).freeBytes).toBeGreaterThan(0);
  });
});
