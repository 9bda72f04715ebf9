/** The locked packages as files inside the root, each verified before anything reads it. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import PQueue from 'p-queue';
import { isMissingFile } from '../../../src/missing-file.ts';
import type { LockedPackage } from '../../../src/stages/locked-package.ts';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import { readTool } from '../../../stage-images/contract/tool.ts';
import { parseControl, type Stanza } from '../../deb822.ts';
import type { RootFs } from '../../root-fs/root-fs.ts';
import type { StepProgress } from '../../steps.ts';

/** Where the packages stand inside the root until they are unpacked. */
export const debFolder = '/ldf-packages';

/** Two at a time keeps two processors busy and one disk quick. */
export const parallel = 2;

export interface Deb {
  source: LockedPackage;
  /** Seen from inside the root. */
  path: string;
  control: Stanza;
}

/** Copies the packages from the store into the root and reads their control files. @throws StageFailure `source.damaged`. */
export async function readDebs(
  packages: readonly LockedPackage[],
  store: string,
  root: RootFs,
  progress: StepProgress,
): Promise<Deb[]> {
  await mkdir(join(root.path, debFolder), { recursive: true });
  let done = 0;
  const queue = new PQueue({ concurrency: parallel });
  return queue.addAll(
    packages.map((source) => async () => {
      const path = `${debFolder}/${source.name}_${source.arch}.deb`;
      await copyVerified(join(store, source.sha256), join(root.path, path), source);
      const control = await readControl(join(root.path, path));
      progress(++done / packages.length, { note: `verifying ${source.name}`, phase: 'verifying packages' });
      return { source, path, control };
    }),
  );
}

/** The copy is what was hashed, and nothing reads it before its hash is known to be right. */
export async function copyVerified(from: string, to: string, source: LockedPackage): Promise<void> {
  const hash = createHash('sha256');
  const tee = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(createReadStream(from, { highWaterMark: 1 << 20 }), tee, createWriteStream(to)).catch(
    (error: unknown) => {
      if (isMissingFile(error)) throw damaged(source, 'it is missing', error);
      throw error;
    },
  );
  const found = hash.digest('hex');
  if (found !== source.sha256) throw damaged(source, `its sha256 is ${found}`);
}

function damaged({ filename, sha256 }: LockedPackage, reason: string, cause?: unknown): StageFailure {
  const failure = new StageFailure(
    {
      code: 'source.damaged',
      message: `The source store does not hold ${filename} as the lock names it (sha256 ${sha256}): ${reason}.`,
      hint: `Remove sha256/${sha256} from the source store and retry the build from stage download.`,
    },
    'ours',
  );
  failure.cause = cause;
  return failure;
}

async function readControl(deb: string): Promise<Stanza> {
  const [control] = parseControl(await readTool('dpkg-deb', ['--field', deb]));
  if (!control?.has('package')) throw new Error(`${deb} has no control file`);
  return control;
}
