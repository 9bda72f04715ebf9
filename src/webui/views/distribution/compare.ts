/** What differs between two builds: what they were made of, and what came out. Pure. */

import { formatBytes } from '../../../amounts.ts';
import type { Build, BuildInputs } from '../../../model/build.ts';
import type { Difference } from '../../../model/stage-run.ts';

export interface Side {
  build: Build;
  inputs: BuildInputs;
}

export interface Section {
  title: string;
  differences: Difference[];
  /** Why nothing can be said, when one side did not come so far. */
  unknown?: string;
}

export function compareBuilds(before: Side, after: Side): Section[] {
  return [
    { title: 'Definition', differences: differences(flat(before.inputs.definition), flat(after.inputs.definition)) },
    { title: 'Options of the build', differences: differences(options(before), options(after)) },
    {
      title: 'Kernel options',
      ...both(
        before.inputs.kernelOptions,
        after.inputs.kernelOptions,
        'did not get as far as the kernel’s configuration',
        (wanted) => new Map(wanted.map(({ symbol, value }) => [symbol, value])),
      ),
    },
    {
      title: 'Kernel sources',
      ...both(before.inputs.lock?.kernel, after.inputs.lock?.kernel, 'has no lock', ({ sources }) => versions(sources)),
    },
    {
      title: 'Packages',
      ...both(before.inputs.lock?.packages, after.inputs.lock?.packages, 'has no lock', ({ packages }) =>
        versions(packages),
      ),
    },
    {
      title: 'Packages to boot from',
      ...both(before.inputs.lock?.boot, after.inputs.lock?.boot, 'has none in its lock', ({ packages }) =>
        versions(packages),
      ),
    },
    { title: 'Artifacts', differences: differences(sizes(before.build), sizes(after.build)) },
  ];
}

function both<Part>(
  before: Part | null | undefined,
  after: Part | null | undefined,
  lack: string,
  read: (part: Part) => Map<string, string>,
): Pick<Section, 'differences' | 'unknown'> {
  if (before && after) return { differences: differences(read(before), read(after)) };
  return { differences: [], unknown: `The ${before ? 'later' : 'earlier'} of the two builds ${lack}.` };
}

/** By key, in the order of the keys. */
export function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): Difference[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .filter((what) => before.get(what) !== after.get(what))
    .map((what) => ({ what, before: before.get(what) ?? null, after: after.get(what) ?? null }));
}

/** Every value by its path; what has a name stands under that, so that one more entry is one difference. */
export function flat(value: unknown, path = ''): Map<string, string> {
  const under = (key: string) => (path === '' ? key : `${path}.${key}`);
  if (Array.isArray(value)) {
    if (value.every((one) => typeof one !== 'object' || one === null))
      return new Map(value.map((one) => [under(String(one)), 'listed']));
    return new Map(value.flatMap((one, index) => [...flat(one, under(nameOf(one) ?? String(index)))]));
  }
  if (value !== null && typeof value === 'object')
    return new Map(Object.entries(value).flatMap(([key, part]) => [...flat(part, under(key))]));
  return value === undefined || value === null ? new Map() : new Map([[path, String(value)]]);
}

function nameOf(value: unknown): string | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  if ('name' in value && typeof value.name === 'string') return value.name;
  return 'path' in value && typeof value.path === 'string' ? value.path : undefined;
}

function options({ build, inputs }: Side): Map<string, string> {
  return new Map([
    ['architecture', build.arch],
    ['boot test', inputs.options.boot ? 'yes' : 'no'],
    ['cache', inputs.options.noCache ? 'not used' : 'used'],
  ]);
}

function versions(packages: readonly { name: string; version: string }[]): Map<string, string> {
  return new Map(packages.map(({ name, version }) => [name, version]));
}

/** By format, since a name holds the version; where a format stands twice, by name. */
function sizes({ artifacts }: Build): Map<string, string> {
  const count = (format: string) => artifacts.filter((one) => one.format === format).length;
  return new Map(
    artifacts.map(({ name, format, sizeBytes, sha256 }) => [
      count(format) > 1 ? name : format,
      `${formatBytes(sizeBytes)}, sha256 ${sha256.slice(0, 12)}…`,
    ]),
  );
}
