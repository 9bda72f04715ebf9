/** Files of the EFI system partition that components bring beside the boot loader's own. */
import type { BootFacts } from '../../parts/bootloaders/boot-loader.ts';
import type { FilePlacement } from '../../parts/placement.ts';
import type { PackageParams } from '../../src/stages/package/contract.ts';
import { StageFailure } from '../contract/failure.ts';

type EspFile = PackageParams['espFiles'][number];

/** @throws StageFailure `boot.file-invalid` for a template with an unknown name in it. */
export function contributedFiles(esp: readonly EspFile[], facts: BootFacts): FilePlacement[] {
  return esp.map((file) =>
    'copy' in file
      ? { at: 'esp', path: file.path, file: file.copy }
      : { at: 'esp', path: file.path, content: filledIn(file.path, file.content, facts) },
  );
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
