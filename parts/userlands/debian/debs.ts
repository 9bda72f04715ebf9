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
  const folder = join(root.path, debFolder);
  await mkdir(folder, { recursive: true });
  let done = 0;
  const queue = new PQueue({ concurrency: parallel });
  await queue.addAll(
    packages.map((source) => async () => {
      await copyVerified(join(store, source.sha256), join(folder, fileOf(source)), source);
      progress(++done / packages.length, { note: `verifying ${source.name}`, phase: 'verifying packages' });
    }),
  );
  const controls = await readControls(folder, packages);
  return packages.map((source) => {
    const control = controls.get(source.name);
    if (!control) throw new Error(`${source.filename} has no control file of ${source.name}`);
    return { source, path: `${debFolder}/${fileOf(source)}`, control };
  });
}

/** apt takes a file for a package by this ending. */
const fileOf = ({ name, arch }: LockedPackage) => `${name}_${arch}.deb`;

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

/** Nothing of what the stage image has installed or set up (apt.conf(5)). */
const nothingElse = [
  ...['Dir::State::Status=/dev/null', 'Dir::State::Lists=/nonexistent'],
  ...['Dir::Etc::SourceList=/dev/null', 'Dir::Etc::SourceParts=/dev/null'],
  ...['Dir::Cache::pkgcache=', 'Dir::Cache::srcpkgcache='],
].flatMap((option) => ['-o', option]);

/** By name. All at once: a process for each package takes a hundred times as long as reading it. */
async function readControls(cwd: string, packages: readonly LockedPackage[]): Promise<ReadonlyMap<string, Stanza>> {
  if (packages.length === 0) return new Map();
  const architecture = packages.find(({ arch }) => arch !== 'all')?.arch ?? 'all';
  const options = [
    ...nothingElse,
    '-o',
    `APT::Architecture=${architecture}`,
    '-o',
    `APT::Architectures=${architecture}`,
  ];
  const files = packages.flatMap((source) => ['--with-source', `./${fileOf(source)}`]);
  const names = packages.map(({ name }) => name);
  const stanzas = parseControl(await readTool('apt-cache', [...options, ...files, 'show', ...names], { cwd }));
  return new Map(stanzas.map((control) => [control.get('package') ?? '', control]));
}
