/** Device trees: what boards are made of, for a kernel whose firmware does not say it (Documentation/devicetree/usage-model.rst). */
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { nearest } from '../../src/definition/nearest.ts';
import { undefinedIfMissing } from '../../src/missing-file.ts';
import { StageFailure } from '../contract/failure.ts';
import type { KernelTree } from './kernel-tree.ts';

/** @throws StageFailure `kernel.device-tree-unknown`, naming each that the source has not for this architecture */
export async function requireDeviceTrees(
  { target, options }: Pick<KernelTree, 'target' | 'options'>,
  names: readonly string[],
): Promise<void> {
  if (names.length === 0) return;
  requireKnown(names, await sourcesOf(join(options.source, folderOf(target))), options.arch);
}

/** @throws StageFailure `kernel.device-tree-unknown`, naming each that is not among those that there are */
export function requireKnown(names: readonly string[], known: ReadonlySet<string>, arch: string): void {
  const details = names
    .filter((name) => !known.has(name))
    .map((name) => {
      const near = nearest(name, [...known]);
      return {
        pointer: '/definition',
        message: `this kernel has no device tree ${name} for ${arch}`,
        value: name,
        hint: `${near.length > 0 ? `Did you mean ${near.join(' or ')}? ` : ''}Correct kernel.deviceTrees of the component that asks for it, or choose another kernel.source.`,
      };
    });
  const [first] = details;
  if (first)
    throw new StageFailure({
      code: 'kernel.device-tree-unknown',
      message: `${first.message}${details.length > 1 ? `, nor ${details.length - 1} more` : ''}.`,
      ...{ hint: first.hint, details },
    });
}

/** Copies what was made below `folder`/dtb, where kernel-install(8) and boot loaders look for them. */
export async function installDeviceTrees(
  tree: Pick<KernelTree, 'target' | 'built'>,
  names: readonly string[],
  folder: string,
): Promise<void> {
  await placeDeviceTrees(names, (name) => tree.built(join(folderOf(tree.target), name)), folder);
}

/** The same, wherever they are. */
export async function placeDeviceTrees(
  names: readonly string[],
  fileOf: (name: string) => string,
  folder: string,
): Promise<void> {
  for (const name of names) {
    const to = join(folder, 'dtb', name);
    await mkdir(dirname(to), { recursive: true });
    await copyFile(fileOf(name), to);
  }
}

function folderOf({ sourceArch }: KernelTree['target']): string {
  return `arch/${sourceArch}/boot/dts`;
}

/** The names of all that can be compiled; an architecture whose machines have none has no folder. */
async function sourcesOf(folder: string): Promise<ReadonlySet<string>> {
  const files = (await readdir(folder, { recursive: true }).catch(undefinedIfMissing)) ?? [];
  return new Set(files.filter((path) => path.endsWith('.dts')).map((path) => path.replace(/\.dts$/, '.dtb')));
}
