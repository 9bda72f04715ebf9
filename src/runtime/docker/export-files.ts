/**
 * Files out of a volume into a folder of this machine, keeping holes: tar in a helper container writes a sparse archive
 * to its stdout, tar on this side unpacks it. (The engine's archive call would send a sparse image with all its zeros.)
 */
import { lstat, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Container, ContainerCreateOptions } from 'dockerode';
import { execa } from 'execa';
import { LdfError } from '../../errors.ts';
import { requireRegular } from '../../regular-file.ts';
import { dockerError, isFull } from './docker-error.ts';
import { FrameDecoder } from './frames.ts';
import { helperContainer, helperMount } from './helper.ts';
import { asReadable } from './streams.ts';

const stderrLimit = 4096;

/** The helper that writes `paths` of a volume to its stdout as a tar archive; `image` brings its tar. */
export function exportContainer(
  volume: string,
  paths: readonly string[],
  image: string,
  installation: string,
): ContainerCreateOptions {
  // What a name leads to is archived, not what lies below it or is another name of it.
  const what = ['--no-recursion', '--hard-dereference'];
  const args = ['--create', '--sparse', ...what, '--file=-', `--directory=${helperMount}`, '--', ...paths];
  return helperContainer({ volume, readOnly: true, image, program: 'tar', args }, installation);
}

interface Tail {
  text: string;
}

/**
 * Runs a created, not yet started helper whose command writes a tar archive to stdout, and unpacks the archive's `paths`
 * into `directory`, which must exist. `what` names it in errors.
 * @throws LdfError `storage.full` or `internal`; `stage.result-invalid` when one of them is no regular file; whatever
 * `signal` was aborted with when it fires.
 */
export async function unpackFrom(
  helper: Container,
  paths: readonly string[],
  directory: string,
  what: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    const attached = await helper.attach({ stream: true, stdout: true, stderr: true, abortSignal: signal });
    // Asked for before the start: the exit code cannot be missed, however short the run.
    const [ended] = await Promise.all([
      helper.wait({ condition: 'next-exit', abortSignal: signal }),
      helper.start({ abortSignal: signal }).then(() => unpack(asReadable(attached), paths, directory, what, signal)),
    ]);
    if (ended.StatusCode !== 0) throw failed(what, `tar exited with ${ended.StatusCode}`);
    for (const path of paths) await checkUnpacked(directory, path);
  } catch (error) {
    signal.throwIfAborted();
    throw dockerError(`export ${what}`, error);
  }
}

/** Neither the file nor a folder on the way to it may be a link: whoever opens it is not to be led elsewhere. */
async function checkUnpacked(directory: string, path: string): Promise<void> {
  const full = join(directory, path);
  requireRegular(await lstat(full), path);
  const real = join(await realpath(directory), path);
  if ((await realpath(full)) !== real)
    throw new LdfError('stage.result-invalid', `A folder in the path of ${path} is a symbolic link.`, {
      hint: 'The stage program broke the contract: see its log.',
    });
}

/** Unpacks the archive in the helper's stdout, no more of it than `paths`. What the helper says on stderr is a failure: tar has nothing else to say. */
async function unpack(
  output: Readable,
  paths: readonly string[],
  directory: string,
  what: string,
  signal: AbortSignal,
): Promise<void> {
  const child = execa(
    'tar',
    [
      ...['--extract', '--sparse', '--no-same-owner', '--no-same-permissions', '--file=-', `--directory=${directory}`],
      ...['--no-wildcards', '--', ...paths],
    ],
    { stdin: 'pipe', stdout: 'ignore', stderr: 'pipe', reject: false, cancelSignal: signal, env: { LC_ALL: 'C' } },
  );
  const packing: Tail = { text: '' };
  const [result] = await Promise.all([
    child,
    pipeline(output, (source: AsyncIterable<Buffer>) => stdoutOf(source, packing), intoClosing(child.stdin)),
  ]);
  if (packing.text !== '') throw failed(what, packing.text);
  if (result.code === 'ENOENT') throw failed(what, 'this machine has no tar: install the package tar');
  // Where this machine keeps its files is nobody's business.
  const said = result.stderr.replaceAll(directory, basename(directory));
  if (result.exitCode !== 0) throw failed(what, said || `tar exited with ${result.exitCode}`);
}

/**
 * Writes to a process that may close its stdin first: tar does at the end of the archive, before its padding has come,
 * and when it fails, of which its exit code tells. The rest of the stream is read all the same.
 */
function intoClosing(stdin: Writable): Writable {
  stdin.on('error', () => undefined);
  return new Writable({
    write: (chunk, _encoding, done) => {
      if (stdin.writable) stdin.write(chunk, () => done());
      else done();
    },
    final: (done) => {
      if (stdin.writable) stdin.end(() => done());
      else done();
    },
  });
}

async function* stdoutOf(source: AsyncIterable<Buffer>, packing: Tail): AsyncGenerator<Buffer> {
  const frames = new FrameDecoder();
  for await (const chunk of source)
    for (const { stream, payload } of frames.push(chunk)) {
      if (stream === 'stdout') yield payload;
      else packing.text = (packing.text + payload.toString()).slice(-stderrLimit);
    }
}

function failed(what: string, why: string): LdfError {
  if (isFull(why))
    return new LdfError('storage.full', `There is no space left to export ${what}.`, {
      hint: 'Free space on the disk that the files go to, or give another folder.',
    });
  return new LdfError('internal', `Could not export ${what}: ${why.trim()}`);
}
