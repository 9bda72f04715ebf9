/** What differs between two builds: what they were made of, and what came out. Pure. */

import { formatBytes } from '../../../amounts.ts';
import type { Build, BuildInputs } from '../../../model/build.ts';
import type { Difference } from '../../../model/stage-run.ts';
import { changeWords, type PackageChange, packageChanges } from './package-changes.ts';

export interface Side {
  build: Build;
  inputs: BuildInputs;
}

export interface Comparison {
  /** In a line. */
  summary: string;
  /** undefined where one of both has no lock to compare. */
  packages: PackageChange[] | undefined;
  kernelOptions: Difference[] | undefined;
  options: Difference[];
  images: ImageChange[];
}

export interface ImageChange {
  format: string;
  beforeBytes: number | null;
  afterBytes: number | null;
  same: boolean;
}

/** The two newest builds that succeeded, the newer one first; fewer where there are fewer. */
export function defaultPair<Listed extends Pick<Build, 'state'>>(newestFirst: readonly Listed[]): Listed[] {
  return newestFirst.filter(({ state }) => state === 'succeeded').slice(0, 2);
}

export function compareBuilds(before: Side, after: Side): Comparison {
  const [old, now] = [before.inputs.lock, after.inputs.lock];
  const packages = old && now ? packageChanges(old, now) : undefined;
  const images = imageChanges(before.build, after.build);
  const kernels = [old?.kernel?.version, now?.kernel?.version];
  const kernelWords =
    kernels[0] === kernels[1] ? 'same kernel' : `kernel ${kernels[0] ?? 'none'} → ${kernels[1] ?? 'none'}`;
  return {
    summary: [
      packages ? changeWords(packages) : 'packages cannot be compared',
      ...(packages ? [kernelWords] : []),
      ...images.slice(0, 1).map(imageWords),
    ].join(' · '),
    packages,
    kernelOptions: kernelOptions(before, after),
    options: differences(options(before), options(after)),
    images,
  };
}

/** Such as `+4.0 MiB`. */
export function signedBytes(bytes: number): string {
  if (bytes === 0) return '0 B';
  return `${bytes > 0 ? '+' : '−'}${formatBytes(Math.abs(bytes))}`;
}

function imageWords({ format, beforeBytes, afterBytes, same }: ImageChange): string {
  if (same) return `${format} image identical`;
  if (beforeBytes === null || afterBytes === null)
    return `${format} image ${beforeBytes === null ? 'added' : 'removed'}`;
  return `${format} image ${signedBytes(afterBytes - beforeBytes)}`;
}

/** By format, since a name holds the version; where a format stands twice, by name. */
function imageChanges(before: Build, after: Build): ImageChange[] {
  const [old, now] = [imagesOf(before), imagesOf(after)];
  return [...new Set([...now.keys(), ...old.keys()])].map((format) => {
    const [was, is] = [old.get(format), now.get(format)];
    return {
      format,
      beforeBytes: was?.sizeBytes ?? null,
      afterBytes: is?.sizeBytes ?? null,
      same: was !== undefined && was.sha256 === is?.sha256,
    };
  });
}

function imagesOf({ artifacts }: Build) {
  const images = artifacts.filter(({ kind }) => kind === 'image');
  const count = (format: string) => images.filter((one) => one.format === format).length;
  return new Map(images.map((image) => [count(image.format) > 1 ? image.name : image.format, image]));
}

function kernelOptions(before: Side, after: Side): Difference[] | undefined {
  const [old, now] = [before.inputs.kernelOptions, after.inputs.kernelOptions];
  if (!old || !now) return undefined;
  const values = (wanted: typeof old) => new Map(wanted.map(({ symbol, value }) => [symbol, value]));
  return differences(values(old), values(now));
}

/** By key, in the order of the keys. */
export function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): Difference[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .filter((what) => before.get(what) !== after.get(what))
    .map((what) => ({ what, before: before.get(what) ?? null, after: after.get(what) ?? null }));
}

function options({ build, inputs }: Side): Map<string, string> {
  return new Map([
    ['architecture', build.arch],
    ['boot test', inputs.options.boot ? 'yes' : 'no'],
    ['cache', inputs.options.noCache ? 'not used' : 'used'],
  ]);
}
