/** Makes the .config: base, then what LDF fixes, then the wanted options; Kconfig fills in the rest. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type * as z from 'zod';
import { malformedLines } from '../../src/definition/dot-config.ts';
import type { KernelBase, WantedOption } from '../../src/stages/prepare/contract.ts';
import { StageFailure } from '../contract/failure.ts';
import { mergeConfig, type SymbolType } from './config-file.ts';
import { fixedLines } from './fixed-options.ts';
import type { KernelTree } from './kernel-tree.ts';
import { isRelease } from './release.ts';
import { assignments } from './wanted-options.ts';

/** What a configuration starts from, once it has been read. */
export type Base = Exclude<z.infer<typeof KernelBase>, 'source'>;

/** Writes `.config` into the tree's build folder. */
export async function configure(
  tree: KernelTree,
  base: Base,
  options: readonly WantedOption[],
  types: ReadonlyMap<string, SymbolType>,
): Promise<void> {
  const lines = new Map([...fixedLines, ...assignments(options, types)]);
  if (base === 'tiny') await configureTiny(tree, lines);
  else {
    const text = base === 'defconfig' ? await defaultConfig(tree) : base.content;
    await writeFile(tree.built('.config'), mergeConfig(text, lines));
  }
  await tree.make(['-s', 'olddefconfig']);
}

/**
 * Options that let others be switched off which every kernel has without them: futexes, file locking, users. allnoconfig
 * would switch off all of these.
 */
const openers = ['CONFIG_EXPERT', 'CONFIG_EMBEDDED'];

/** Everything off but what `lines` name, what that selects, and what cannot be switched off. */
async function configureTiny(tree: KernelTree, lines: ReadonlyMap<string, string>): Promise<void> {
  const closed = new Map([...lines].filter(([symbol]) => !openers.includes(symbol)));
  const list = join(tree.options.scratch, 'allno.config');
  await writeFile(list, mergeConfig('', closed));
  await tree.make(['-s', 'allnoconfig'], { env: { KCONFIG_ALLCONFIG: list } });
  if (closed.size === lines.size) return;
  // Opened only now, what can be switched off has a value already, and keeps it.
  const config = tree.built('.config');
  await writeFile(config, mergeConfig(await readFile(config, 'utf8'), lines));
}

async function defaultConfig(tree: KernelTree): Promise<string> {
  await tree.make(['-s', 'defconfig']);
  return readFile(tree.built('.config'), 'utf8');
}

/**
 * Kconfig skips what it does not understand: a text that is no .config must not give an empty configuration.
 * @throws StageFailure that names the lines.
 */
export function checkBase(base: Base): void {
  if (typeof base === 'string') return;
  const lines = malformedLines(base.content);
  if (lines.length === 0) return;
  throw new StageFailure({
    code: 'kernel.base-invalid',
    message: `The base configuration is not the text of a .config: line ${lines[0]} is neither CONFIG_…=… nor a comment.`,
    hint: 'Use a .config as `make savedefconfig` or `make menuconfig` writes it.',
    details: lines.slice(0, 20).map((line) => ({
      pointer: '/kernel/config/base/content',
      message: `line ${line} is neither CONFIG_…=… nor a comment`,
      value: base.content.split('\n')[line - 1]?.slice(0, 120) ?? '',
    })),
  });
}

/**
 * What `uname -r` will say. It names the module folder, so it must be a plain name.
 * @throws StageFailure when CONFIG_LOCALVERSION spoils it.
 */
export async function readRelease(tree: KernelTree): Promise<string> {
  await tree.make(['-s', 'syncconfig']);
  const release = (await tree.read(['kernelrelease'])).trim();
  if (!isRelease(release))
    throw new StageFailure({
      code: 'kernel.release-invalid',
      message: `The kernel's release would be ${JSON.stringify(release)}; it must be 1 to 64 letters, digits and . _ + ~ -.`,
      hint: 'Change CONFIG_LOCALVERSION.',
      details: [
        { pointer: '/kernel/config/options/CONFIG_LOCALVERSION', message: 'makes a release that is not a plain name' },
      ],
    });
  return release;
}
