/**
 * Files out of a volume into a folder of this machine, keeping holes: tar in a helper container writes a sparse archive
 * to its stdout, tar on this side unpacks it. (The engine's archive call would send a sparse image with all its zeros.)
 */
import { type Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Container, ContainerCreateOptions } from 'dockerode';
import { execa } from 'execa';
import { LdfError } from '../../errors.ts';
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
  const args = ['--create', '--sparse', '--file=-', `--directory=${helperMount}`, '--', ...paths];
  return helperContainer({ volume, readOnly: true, image, program: 'tar', args }, installation);
}

interface Tail {
  text: string;
}

/**
 * Runs a created, not yet started helper whose command writes a tar archive to stdout, and unpacks the archive into
 * `directory`, which must exist. `what` names it in errors.
 * @throws LdfError `storage.full` or `internal`; whatever `signal` was aborted with when it fires.
 */
export async function unpackFrom(
  helper: Container,
  directory: string,
  what: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    const attached = await helper.attach({ stream: true, stdout: true, stderr: true, abortSignal: signal });
    // Asked for before the start: the exit code cannot be missed, however short the run.
    const [ended] = await Promise.all([
      helper.wait({ condition: 'next-exit', abortSignal: signal }),
      helper.start({ abortSignal: signal }).then(() => unpack(asReadable(attached), directory, what, signal)),
    ]);
    if (ended.StatusCode !== 0) throw failed(what, `tar exited with ${ended.StatusCode}`);
  } catch (error) {
    signal.throwIfAborted();
    throw dockerError(`export ${what}`, error);
  }
}

/** Unpacks the archive in the helper's stdout. What the helper says on stderr is a failure: tar has nothing else to say. */
async function unpack(output: Readable, directory: string, what: string, signal: AbortSignal): Promise<void> {
  const child = execa(
    'tar',
    ['--extract', '--sparse', '--no-same-owner', '--no-same-permissions', '--file=-', `--directory=${directory}`],
    { stdin: 'pipe', stdout: 'ignore', stderr: 'pipe', reject: false, cancelSignal: signal, env: { LC_ALL: 'C' } },
  );
  const packing: Tail = { text: '' };
  const [result] = await Promise.all([
    child,
    pipeline(output, (source: AsyncIterable<Buffer>) => stdoutOf(source, packing), patient(child.stdin)),
  ]);
  if (packing.text !== '') throw failed(what, packing.text);
  if (result.code === 'ENOENT') throw failed(what, 'this machine has no tar: install the package tar');
  if (result.exitCode !== 0) throw failed(what, result.stderr || `tar exited with ${result.exitCode}`);
}

/**
 * Writes to a process that may close its stdin first: tar does at the end of the archive, before its padding has come,
 * and when it fails, of which its exit code tells. The rest of the stream is read all the same.
 */
function patient(stdin: Writable): Writable {
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
