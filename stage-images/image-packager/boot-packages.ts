/**
 * The files that boot loaders and the initramfs take out of packages of the image's own architecture. The packages are unpacked,
 * each into a folder of its own, and nothing of them is run.
 */
import { mkdir, realpath, stat } from 'node:fs/promises';
import { join, posix, sep } from 'node:path';
import { licenseIn } from '../../parts/licenses/copyright-file.ts';
import { undefinedIfMissing } from '../../src/missing-file.ts';
import type { LockedPackage } from '../../src/stages/locked-package.ts';
import { StageFailure } from '../contract/failure.ts';
import { sha256File } from '../contract/hash.ts';
import { pipeTools } from '../contract/tool.ts';

/** A package of which files are in the image. */
export interface UsedPackage {
  source: LockedPackage;
  /** By their paths as the package has them, and what they are. */
  files: { path: string; sha256: string }[];
  /** What its copyright file says, as an expression of SPDX; null where machines cannot read that. */
  license: string | null;
}

export class BootPackages {
  readonly #packages: readonly LockedPackage[];
  readonly #folder: string;
  /** What was asked for, by the package that brought it. */
  readonly #used = new Map<LockedPackage, Set<string>>();

  private constructor(packages: readonly LockedPackage[], folder: string) {
    this.#packages = packages;
    this.#folder = folder;
  }

  /**
   * Verifies the packages against the lock and unpacks them.
   * @param store the folder of the source store with files by their sha256
   * @param folder where they are unpacked to; it is made
   * @throws StageFailure `source.damaged`
   */
  static async unpack(packages: readonly LockedPackage[], store: string, folder: string): Promise<BootPackages> {
    const unpacked = new BootPackages(packages, folder);
    for (const source of packages) {
      const file = join(store, source.sha256);
      await requireSame(source, file);
      const target = unpacked.#folderOf(source);
      await mkdir(target, { recursive: true });
      await unpack(file, target);
    }
    return unpacked;
  }

  /**
   * The path of a file that one of the packages brings. From now on the package counts as one that is in the image.
   * @param wanted its path, absolute, as on a system with a merged /usr, such as /usr/bin/busybox
   * @throws StageFailure `boot.file-missing`, naming the packages, when none of them has such a file
   */
  async file(wanted: string): Promise<string> {
    const path = posix.join('/', wanted);
    for (const source of this.#packages) {
      const found = await this.#find(source, path);
      if (found === undefined) continue;
      const used = this.#used.get(source) ?? new Set();
      this.#used.set(source, used.add(path));
      return found;
    }
    const names = this.#packages.map(({ name, version }) => `${name} ${version}`).join(', ');
    throw new StageFailure({
      code: 'boot.file-missing',
      message: `The boot needs ${path}, and ${names === '' ? 'there are no packages that could bring it' : `none of its packages has it (${names})`}.`,
      hint: 'Name the package that brings the file under bootPackages of the component that needs it, or choose another bootloader.',
    });
  }

  /** The packages that files were taken from, in the order of the lock. */
  async used(): Promise<UsedPackage[]> {
    const used = this.#packages.flatMap((source) => {
      const paths = this.#used.get(source);
      return paths ? [{ source, paths: [...paths].sort() }] : [];
    });
    return Promise.all(
      used.map(async ({ source, paths }) => ({
        source,
        license: await licenseIn(await this.#find(source, `/usr/share/doc/${source.name}/copyright`)),
        files: await Promise.all(
          paths.map(async (path) => ({ path, sha256: await sha256File(join(this.#folderOf(source), path)) })),
        ),
      })),
    );
  }

  /** Whether a file is one that was taken out of a package. */
  has(file: string): boolean {
    return [...this.#used].some(([source, paths]) =>
      [...paths].some((path) => join(this.#folderOf(source), path) === file),
    );
  }

  #folderOf({ name, arch }: LockedPackage): string {
    return join(this.#folder, `${name}_${arch}`);
  }

  /** A link must not lead out of what was unpacked. */
  async #find(source: LockedPackage, path: string): Promise<string | undefined> {
    const file = join(this.#folderOf(source), path);
    const real = await realpath(file).catch(undefinedIfMissing);
    if (real === undefined || !real.startsWith((await realpath(this.#folderOf(source))) + sep)) return undefined;
    return (await stat(real)).isFile() ? file : undefined;
  }
}

async function requireSame({ filename, sha256 }: LockedPackage, file: string): Promise<void> {
  const entry = await stat(file).catch(undefinedIfMissing);
  const found = entry && (await sha256File(file));
  if (found === sha256) return;
  throw new StageFailure(
    {
      code: 'source.damaged',
      message: `The source store does not hold ${filename} as the lock names it (sha256 ${sha256}): ${found === undefined ? 'it is missing' : `its sha256 is ${found}`}.`,
      hint: `Remove sha256/${sha256} from the source store and retry the build from stage download.`,
    },
    'ours',
  );
}

async function unpack(deb: string, folder: string): Promise<void> {
  await pipeTools([
    ['dpkg-deb', '--fsys-tarfile', deb],
    [
      'tar',
      ...['--extract', '--file=-', `--directory=${folder}`, '--no-same-owner', '--no-same-permissions'],
      // Releases before trixie have programs outside of /usr.
      String.raw`--transform=s,^\./\(bin\|lib\|sbin\)/,./usr/\1/,`,
    ],
  ]);
}
