/** What an image is made of, once for every form of the bill of materials: packages by their purl, in an order of their own. */
import type { PatchText } from '../../src/definition/kernel-patch.ts';
import type { LockedKernelSource, LockedPackage } from '../../src/stages/locked-package.ts';
import type { PackageParams } from '../../src/stages/package/contract.ts';
import type { PackageFacts } from '../../src/stages/package-facts.ts';
import type { UsedPackage } from './boot-packages.ts';

/** The licence of Linux as a whole, as its COPYING says. */
const kernelLicense = 'GPL-2.0-only WITH Linux-syscall-note';

/** A package, or an archive that a kernel is made of. */
export interface BillEntry {
  purl: string;
  name: string;
  version: string;
  sha256: string;
  /** An expression of SPDX; null where nobody has said. */
  license: string | null;
  /** Those that stand in the image without the rest of the package. */
  files: UsedPackage['files'];
  /** Purls of this bill. */
  dependsOn: string[];
}

export interface Bill {
  name: string;
  version: string;
  /** Seconds of the epoch, of the sources. */
  sourceDate: number;
  kernel: {
    version: string;
    release: string;
    license: string;
    /** Whether it came finished, in these packages, or was compiled of them. */
    finished: boolean;
    sources: BillEntry[];
    patches: readonly PatchText[];
  };
  packages: BillEntry[];
}

export interface BillOf {
  release: string;
  /** What the packages of the root file system say of themselves. */
  facts: readonly PackageFacts[];
  /** The packages that boot files were taken from, with these files. */
  boot: readonly UsedPackage[];
  /** Those of the kernel, with their texts. */
  patches?: readonly PatchText[];
}

export function billOf(
  { name, version, sourceDate, kernel, packages }: PackageParams,
  { release, facts, boot, patches = [] }: BillOf,
): Bill {
  const purls = new Map(packages.map((source) => [source.name, packageUrl(source)]));
  const known = new Map(facts.map((one) => [packageUrl(one), one]));
  const used = new Map(boot.map((one) => [packageUrl(one.source), one]));
  const entry = (source: LockedPackage): BillEntry => {
    const plain = entryOf(source);
    const [own, taken] = [known.get(plain.purl), used.get(plain.purl)];
    return {
      ...plain,
      license: own?.license ?? taken?.license ?? null,
      files: taken?.files ?? [],
      dependsOn: (own?.dependsOn ?? []).flatMap((needed) => purls.get(needed) ?? []).sort(),
    };
  };
  // A boot package may be one of the root file system as well.
  const byUrl = new Map([...packages, ...boot.map(({ source }) => source)].map((one) => [packageUrl(one), one]));
  return {
    ...{ name, version, sourceDate },
    kernel: {
      ...{ version: kernel.version, release, license: kernelLicense, finished: kernel.form !== 'source', patches },
      sources: sorted(kernel.sources).map((source) => ({ ...entryOf(source), license: kernelLicense })),
    },
    packages: sorted([...byUrl.values()]).map(entry),
  };
}

function entryOf(source: LockedKernelSource): BillEntry {
  const { name, version, sha256 } = source;
  return { purl: sourceUrl(source), name, version, sha256, license: null, files: [], dependsOn: [] };
}

function sourceUrl({ arch, ...source }: LockedKernelSource): string {
  return arch === undefined ? fileUrl(source) : packageUrl({ ...source, arch });
}

/** Its type `generic`, with the qualifiers that it has for such. */
function fileUrl({ name, version, filename, sha256 }: Omit<LockedKernelSource, 'arch'>): string {
  return `pkg:generic/${purlPart(name)}@${purlPart(version)}?checksum=sha256:${sha256}&file_name=${purlPart(filename)}`;
}

/** The purl specification's type `deb`. */
export function packageUrl({ name, version, arch }: Pick<LockedPackage, 'name' | 'version' | 'arch'>): string {
  return `pkg:deb/debian/${purlPart(name)}@${purlPart(version)}?arch=${purlPart(arch)}`;
}

/** Percent-encoding as purl wants it: everything but letters, digits and `.-_~`, and the colon as it is. */
export function purlPart(text: string): string {
  return encodeURIComponent(text).replaceAll('%3A', ':');
}

function sorted<Source extends LockedKernelSource>(packages: readonly Source[]): Source[] {
  const order = (source: Source) => `${source.name} ${source.arch} ${source.version}`;
  return [...packages].sort((a, b) => (order(a) < order(b) ? -1 : 1));
}
