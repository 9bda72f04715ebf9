/** A Debian root file system from Debian's packages alone, for machines that pull no image. */

import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { LdfError } from '../errors.ts';

/** The Debian release under every stage image: its tools (e2fsprogs, gcc, apt) are what the stages count on. */
export const baseSuite = 'trixie';

/** Nothing in a stage image reads documentation; the files are half of a small root file system. */
const left = ['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*', '/usr/share/info/*'];

/** Arguments of mmdebstrap(1). No mirror is among them: it knows Debian's. */
export const bootstrapArguments = [
  '--variant=minbase',
  '--format=tar',
  '--include=ca-certificates,nodejs',
  ...left.map((path) => `--dpkgopt=path-exclude=${path}`),
  '--dpkgopt=force-unsafe-io',
  baseSuite,
  '-',
];

const bothWaysOut =
  'Install it (`apt-get install mmdebstrap`), or name a base image in LDF_BASE_IMAGE, such as debian:trixie-slim, for Docker to pull.';

export interface Bootstrap {
  /** The root file system as a tar archive. */
  rootfs: Readable;
  /** Resolves when mmdebstrap ended well. @throws LdfError `images.build-failed` with its last words. */
  done: Promise<void>;
}

const tailLines = 20;

/**
 * Starts mmdebstrap(1). It needs root, or user namespaces and newuidmap; it
 * finds out by itself.
 */
export function bootstrap(onLine: (line: string) => void, signal?: AbortSignal): Bootstrap {
  const child = execa('mmdebstrap', bootstrapArguments, {
    stdin: 'ignore',
    buffer: false,
    reject: false,
    ...(signal && { cancelSignal: signal }),
  });
  const tail: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (tail.push(line) > tailLines) tail.shift();
    onLine(line);
  });
  const done = child.then(({ exitCode, code }) => {
    signal?.throwIfAborted();
    if (code === 'ENOENT')
      throw new LdfError('images.build-failed', 'There is no mmdebstrap to make the base of the stage images with.', {
        hint: bothWaysOut,
      });
    if (exitCode !== 0)
      throw new LdfError(
        'images.build-failed',
        ['mmdebstrap could not make the base of the stage images:', ...tail].join('\n'),
        {
          hint: 'See what its lines name: the network or the package mirror, keys of Debian that this machine lacks (package debian-archive-keyring), or rights (it needs root, or the package uidmap).',
        },
      );
  });
  return { rootfs: child.stdout, done };
}
