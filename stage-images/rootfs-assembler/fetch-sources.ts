/** Fetches source files over HTTP into the store, several at a time, and says of every one that could not be had why. */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import PQueue from 'p-queue';
import { undefinedIfMissing } from '../../src/missing-file.ts';
import type { WantedFile } from '../../src/stages/download/contract.ts';
import type { SourceFile } from '../../src/stages/source-file.ts';
import type { Activity } from '../contract/activity.ts';
import { StageFailure } from '../contract/failure.ts';
import { sha256File } from '../contract/hash.ts';
import { candidatesFor, type Elsewhere } from './candidates.ts';
import { type FetchCode, FetchError, mayPass, type Retries, withRetries } from './fetch-error.ts';
import { partialSuffix, Transfer } from './fetch-file.ts';
import type { WebClient } from './web-client.ts';

/** Attempts are counted at each address. */
export interface FetchOptions extends Pick<Retries, 'log'>, Partial<Omit<Retries, 'log'>> {
  client: Pick<WebClient, 'get'>;
  /** Makes a file that no server has as it is. @throws StageFailure */
  make?: (source: WantedFile, target: string) => Promise<void>;
  /** Where a file may be had when it is gone from where it was found. */
  elsewhere: Elsewhere;
  progress: (fraction: number, activity?: Activity) => void;
  concurrency?: number;
  /** A transfer that brings nothing for so long is broken off. */
  stallMs?: number;
}

const defaults = { concurrency: 8, attempts: 4, backOffMs: 1000, maxWaitMs: 30_000, stallMs: 60_000 };

/** Files named one by one in a failure; the message has the count of all. */
const maxDetails = 50;

const hints: Record<FetchCode, string> = {
  'source.gone':
    'The mirror has replaced it: renew the lock with `ldf lock --update`, or name other mirrors (LDF_DEBIAN_MIRRORS) or a snapshot archive (LDF_SNAPSHOT_URL) that still have it.',
  'source.refused':
    'Locks that LDF resolves name the mirrors of the stage images. If that host is to be asked, name it or its network in LDF_ALLOWED_NETWORKS.',
  'source.too-large': 'Name another file.',
  'source.hash-mismatch':
    'The mirror or a proxy serves something else: try again, or renew the lock with `ldf lock --update`.',
  'source.unreachable': 'Check the network, DNS and proxy of the Docker host, then retry the build.',
};

/** For files that the definition names. */
const definitionHints: Record<FetchCode, string> = {
  ...hints,
  'source.gone': 'Correct the address in the definition, or name one where the file still is.',
  'source.refused': 'If that host is to be asked, name it or its network in LDF_ALLOWED_NETWORKS.',
  'source.hash-mismatch':
    'Compare the file with what its publisher says of it: where the file is right, correct the sha256 in the definition; where it is not, name another address.',
};

/**
 * Brings every source into `folder`, under its sha256. A file that is there with the right size was verified when it
 * was written and is not fetched again.
 * @throws StageFailure with one detail for each file that could not be had.
 */
export async function fetchSources(sources: readonly WantedFile[], folder: string, options: FetchOptions) {
  const settings = { ...defaults, ...options };
  await mkdir(folder, { recursive: true });
  await removeLeftovers(folder, settings.stallMs);
  const wanted = [...new Map(sources.map((source) => [source.sha256, source])).values()];
  const missing = await filterMissing(wanted, folder);
  const totalBytes = missing.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const meter = new ByteMeter(totalBytes, settings.progress);
  const problems: Problem[] = [];
  const unmade: StageFailure[] = [];
  const hosts = new Hosts();
  const queue = new PQueue({ concurrency: settings.concurrency });
  await queue.addAll(
    missing.map((source) => async () => {
      if (source.madeBy) {
        const failure = await madeOf(source, folder, settings);
        if (failure) unmade.push(failure);
        else meter.add(source.sizeBytes, source.filename);
        return;
      }
      const error = await fetchFromAny(source, folder, settings, { meter, hosts });
      if (error) problems.push({ source, error });
    }),
  );
  if (unmade[0]) throw unmade[0];
  if (problems.length > 0) throw failure(problems);
  settings.progress(1, `${missing.length} files fetched, ${wanted.length - missing.length} there already`);
  return { fetched: missing.length, fetchedBytes: totalBytes, present: wanted.length - missing.length };
}

/** Puts a file into the folder once it is made, and is what the lock names. @returns why it is not */
async function madeOf(
  source: WantedFile,
  folder: string,
  { make }: Pick<FetchOptions, 'make'>,
): Promise<StageFailure | undefined> {
  const { sha256, url, filename } = source;
  const partial = join(folder, `${sha256}.${randomUUID()}${partialSuffix}`);
  try {
    if (!make) throw new Error(`nothing here makes ${filename}`);
    await make(source, partial);
    const found = await sha256File(partial);
    if (found !== sha256) {
      const message = `${filename} from ${url} is not what the lock names: expected sha256 ${sha256}, found ${found}.`;
      return failure([{ source, error: new FetchError('source.hash-mismatch', message) }]);
    }
    await rename(partial, join(folder, sha256));
    return undefined;
  } catch (error) {
    if (error instanceof StageFailure) return error;
    throw error;
  } finally {
    await rm(partial, { force: true });
  }
}

/** Asks one address of a file after the other. @returns what each of them said, when none has it */
async function fetchFromAny(
  source: SourceFile,
  folder: string,
  settings: typeof defaults & FetchOptions,
  { meter, hosts }: { meter: ByteMeter; hosts: Hosts },
): Promise<FetchError | undefined> {
  const problems: FetchError[] = [];
  for (const url of candidatesFor(source, settings.elsewhere)) {
    if (problems.length > 0) settings.log(`${problems.at(-1)?.message} Asking ${url}.`);
    const problem = hosts.isDown(url)
      ? new FetchError('source.unreachable', `${url} was not asked any more: its host gave none of ${hostTries} files.`)
      : await fetchWithRetries(source, url, folder, settings, meter);
    hosts.note(url, problem);
    if (!problem) return undefined;
    problems.push(problem);
  }
  return merged(source, problems);
}

/** A host that could not be reached for so many files in a row is not waited for once more for each of hundreds. */
const hostTries = 3;

class Hosts {
  readonly #failures = new Map<string, number>();

  isDown(url: string): boolean {
    return (this.#failures.get(new URL(url).host) ?? 0) >= hostTries;
  }

  note(url: string, problem: FetchError | undefined): void {
    const { host } = new URL(url);
    if (problem?.code === 'source.unreachable') this.#failures.set(host, (this.#failures.get(host) ?? 0) + 1);
    else this.#failures.delete(host);
  }
}

/** What every address said. The code is that of where the lock found the file. */
function merged({ filename }: SourceFile, problems: readonly FetchError[]): FetchError | undefined {
  const [first] = problems;
  if (!first || problems.length === 1) return first;
  const said = problems.map(({ message }) => message).join(' ');
  return new FetchError(first.code, `${filename} could not be had from any of ${problems.length} addresses. ${said}`);
}

async function fetchWithRetries(
  source: SourceFile,
  url: string,
  folder: string,
  settings: typeof defaults & FetchOptions,
  meter: ByteMeter,
): Promise<FetchError | undefined> {
  const { client, stallMs } = settings;
  const transfer = new Transfer(source, url, folder);
  const onBytes = (bytes: number) => meter.add(bytes, source.filename);
  try {
    await withRetries(() => transfer.attempt({ client, stallMs, onBytes }), settings);
    return undefined;
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    await transfer.giveUp(onBytes);
    return error;
  }
}

async function filterMissing(sources: readonly WantedFile[], folder: string): Promise<WantedFile[]> {
  const present = new Set(await readdir(folder));
  const missing: WantedFile[] = [];
  for (const source of sources)
    if (!present.has(source.sha256) || (await stat(join(folder, source.sha256))).size !== source.sizeBytes)
      missing.push(source);
  return missing;
}

/** Removes what an interrupted download left. One that runs, for another build, writes at least once in `stallMs`. */
async function removeLeftovers(folder: string, stallMs: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith(partialSuffix)) continue;
    const path = join(folder, name);
    // The other build may have finished with it in this very moment.
    const found = await stat(path).catch(undefinedIfMissing);
    if (found && Date.now() - found.mtimeMs > 2 * stallMs) await rm(path, { force: true });
  }
}

/** A file that could not be had. */
interface Problem {
  source: WantedFile;
  error: FetchError;
}

function failure(problems: readonly Problem[]): StageFailure {
  const codes = [...new Set(problems.map(({ error }) => error.code))];
  const [first] = problems;
  const message =
    first && problems.length === 1 ? first.error.message : `${problems.length} source files could not be fetched.`;
  return new StageFailure({
    code: codes.length === 1 && codes[0] ? codes[0] : 'source.unavailable',
    message,
    hint: [...new Set(problems.map(hintOf))].join(' '),
    ...(codes.some((code) => mayPass.has(code)) ? { retry: 'same' as const } : {}),
    details: problems.slice(0, maxDetails).map((problem) => ({
      pointer: problem.source.pointer ?? '',
      message: problem.error.message,
      ...(problem.source.pointer === undefined ? {} : { value: problem.source.sha256 }),
      hint: hintOf(problem),
    })),
  });
}

/** A file that the definition names itself stays the same however often the lock is renewed. */
function hintOf({ source, error: { code } }: Problem): string {
  return source.pointer === undefined || code === 'source.unreachable' ? hints[code] : definitionHints[code];
}

/** Counts the bytes of all transfers together, and reports every percent at the most. */
class ByteMeter {
  private doneBytes = 0;
  private reported = -1;
  constructor(
    private readonly totalBytes: number,
    private readonly report: FetchOptions['progress'],
  ) {}

  add(bytes: number, note: string): void {
    this.doneBytes += bytes;
    const percent = Math.floor((100 * this.doneBytes) / Math.max(1, this.totalBytes));
    if (percent <= this.reported) return;
    this.reported = percent;
    this.report(percent / 100, { note, phase: 'fetching files' });
  }
}
