/** Files of the EFI system partition: those that components bring beside the boot loader's own, and where each comes from. */
import type { BootFacts, BootTools } from '../../parts/bootloaders/boot-loader.ts';
import type { FilePlacement, Placement } from '../../parts/placement.ts';
import type { PackageParams } from '../../src/stages/package/contract.ts';
import { StageFailure } from '../contract/failure.ts';

type EspFile = PackageParams['espFiles'][number];

/**
 * @param bootFile finds what is copied among the boot packages
 * @throws StageFailure `boot.file-invalid` for a template with an unknown name in it, `boot.file-missing` for what no package brings
 */
export async function contributedFiles(
  esp: readonly EspFile[],
  facts: BootFacts,
  bootFile: BootTools['bootFile'],
): Promise<FilePlacement[]> {
  return Promise.all(
    esp.map(
      async (file): Promise<FilePlacement> =>
        'copy' in file
          ? { at: 'esp', path: file.path, file: await bootFile(file.copy) }
          : { at: 'esp', path: file.path, content: filledIn(file.path, file.content, facts) },
    ),
  );
}

/**
 * Nothing goes into an image that the SBOM does not account for: a placed file is the kernel's or a device tree of it, the initramfs', one of a boot
 * package, or made by the boot loader out of these.
 * @param isFromPackage whether a file was taken out of a boot package
 * @param made the folders of what the boot loader and the signer make
 * @throws Error that names a file of another origin: its part is wrong
 */
export function requireOrigins(
  placements: readonly Placement[],
  { kernel, initramfs, deviceTrees }: Pick<BootFacts, 'kernel' | 'initramfs' | 'deviceTrees'>,
  isFromPackage: (file: string) => boolean,
  made: readonly string[],
): void {
  for (const placement of placements) {
    if (!('file' in placement)) continue;
    const { file } = placement;
    if (
      file === kernel ||
      file === initramfs ||
      deviceTrees.some((tree) => file === tree.file) ||
      made.some((folder) => file.startsWith(`${folder}/`)) ||
      isFromPackage(file)
    )
      continue;
    throw new Error(`${file} is to go into the image, and comes from no package of the lock: take it by bootFile`);
  }
}

/** Fills in {{title}}, {{release}} and {{cmdline}}. */
function filledIn(path: string, template: string, { title, release, cmdline }: BootFacts): string {
  const values = new Map(Object.entries({ title, release, cmdline }));
  return template.replace(/\{\{([^{}]*)\}\}/g, (_, name: string) => {
    const value = values.get(name);
    if (value !== undefined) return value;
    throw new StageFailure({
      code: 'boot.file-invalid',
      message: `The file ${path} of the EFI system partition has {{${name}}}; known are ${[...values.keys()].join(', ')}.`,
      hint: 'Correct the boot loader component that adds the file.',
    });
  });
}
