/** Artifacts in a local folder: `<folder>/sha256/<first two digits>/<hash>`, and `<folder>/staging` on the same disk. */
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { diskSpaceOf } from '../disk-space.ts';
import { LdfError } from '../errors.ts';
import { isMissingFile, undefinedIfMissing } from '../missing-file.ts';
import { openRegular } from '../regular-file.ts';
import { Sha256 } from '../stages/contract.ts';
import type { ArtifactStore } from './artifact-store.ts';
import { hashOf } from './hash-file.ts';

/** Read of a file ahead of whoever takes it: hundreds of slow clients may each hold so much, several times over. */
const readAheadBytes = 64 << 10;

/** Makes the folders as needed. */
export async function openLocalArtifactStore(folder: string): Promise<ArtifactStore> {
  await mkdir(join(folder, 'sha256'), { recursive: true });
  const stagingOf = (owner: string) => join(folder, 'staging', owner);
  const clearStaging = (owner: string) => rm(stagingOf(owner), { recursive: true, force: true });
  const place = (sha256: string) => join(folder, 'sha256', sha256.slice(0, 2), sha256);
  return {
    async staging(owner) {
      await clearStaging(owner);
      await mkdir(stagingOf(owner), { recursive: true });
      return stagingOf(owner);
    },
    clearStaging,
    async adopt(file, sha256) {
      const handle = await openRegular(file);
      try {
        await checkContent(handle, basename(file), sha256);
        // On disk before it has its name: after a power cut a name without its content would pass for an artifact.
        await handle.datasync();
      } finally {
        await handle.close();
      }
      await mkdir(dirname(place(sha256)), { recursive: true });
      await rename(file, place(sha256));
    },
    storedBytes: (sha256) => allocatedBytes(place(sha256)),
    async read(sha256, range) {
      const handle = await openContent(place(sha256), sha256);
      return handle.createReadStream({ ...range, highWaterMark: readAheadBytes });
    },
    async blake2b(sha256) {
      const handle = await openContent(place(sha256), sha256);
      try {
        return Buffer.from(await hashOf(handle, 'blake2b512'), 'hex');
      } finally {
        await handle.close();
      }
    },
    remove: (sha256) => rm(place(sha256), { force: true }),
    async contents() {
      const names = await readdir(join(folder, 'sha256'), { recursive: true });
      return names.map((name) => basename(name)).filter((name) => Sha256.safeParse(name).success);
    },
    disk: () => diskSpaceOf(folder),
  };
}

async function openContent(path: string, sha256: string): Promise<FileHandle> {
  try {
    return await open(path);
  } catch (error) {
    if (!isMissingFile(error)) throw error;
    throw new LdfError('not-found', `The content ${sha256} is not in the artifact store.`, { cause: error });
  }
}

async function checkContent(file: FileHandle, name: string, sha256: string): Promise<void> {
  const found = await hashOf(file, 'sha256');
  if (found === sha256) return;
  throw new LdfError('stage.result-invalid', `${name} has the sha256 ${found}, but ${sha256} was announced.`, {
    hint: 'The layer was damaged after its stage had ended: retry the build from that stage.',
  });
}

/** `st_blocks` counts 512 bytes each (stat(2)). */
async function allocatedBytes(path: string): Promise<number | undefined> {
  const entry = await stat(path).catch(undefinedIfMissing);
  return entry && entry.blocks * 512;
}
