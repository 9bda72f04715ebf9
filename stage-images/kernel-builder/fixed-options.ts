/**
 * What LDF decides about a kernel's configuration itself: nothing in it may differ from build to build, and nothing may
 * come from outside the source.
 */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type * as z from 'zod';
import { optionPointer } from '../../src/definition/kernel-symbol.ts';
import type { StageErrorDetail } from '../../src/stages/contract.ts';

/**
 * Lines that replace those of the base; a wanted option goes before them. The default key of module signing is made anew
 * by every build, and its certificate becomes part of the kernel (Documentation/admin-guide/module-signing.rst).
 */
export const fixedLines: ReadonlyMap<string, string> = new Map([
  ['CONFIG_MODULE_SIG_ALL', '# CONFIG_MODULE_SIG_ALL is not set'],
  ['CONFIG_MODULE_SIG_KEY', 'CONFIG_MODULE_SIG_KEY=""'],
]);

/** Options that need a signing key for the modules. */
const signing = ['CONFIG_MODULE_SIG_ALL', 'CONFIG_MODULE_SIG_FORCE'];

/** Certificates that the kernel trusts when it starts. */
export const trustedKeys = 'CONFIG_SYSTEM_TRUSTED_KEYS';

/** String options that name files, separated by spaces; `folder`: where the kernel looks for them below its source. */
const fileOptions = [
  { symbol: 'CONFIG_MODULE_SIG_KEY', folder: '' },
  { symbol: trustedKeys, folder: '' },
  { symbol: 'CONFIG_SYSTEM_REVOCATION_KEYS', folder: '' },
  { symbol: 'CONFIG_INITRAMFS_SOURCE', folder: '' },
  { symbol: 'CONFIG_EXTRA_FIRMWARE', folder: 'firmware' },
];

/**
 * The settings of a finished .config that cannot be built, whoever asked for them. @param signedModules there is a key, and the
 * file that its certificate comes in is made when the kernel is compiled
 */
export async function forbiddenSettings(
  config: ReadonlyMap<string, string>,
  source: string,
  { signedModules = false } = {},
): Promise<z.infer<typeof StageErrorDetail>[]> {
  const details = (signedModules ? [] : signing)
    .filter((symbol) => config.get(symbol) === 'y')
    .map((symbol) => ({
      pointer: optionPointer(symbol),
      message: `${symbol} needs a key to sign the modules with, and there is none`,
      value: 'y',
      hint: `Set ${symbol} to n, or name a key set in signing.modules.`,
    }));
  for (const { symbol, folder } of fileOptions) {
    if (signedModules && symbol === trustedKeys) continue;
    const value = config.get(symbol)?.slice(1, -1) ?? '';
    for (const name of value.split(' ').filter(Boolean))
      if (!(await exists(join(source, folder, name))))
        details.push({
          pointer: optionPointer(symbol),
          message: `${symbol} names the file ${name}, which is not part of the kernel source`,
          value,
          hint: `Set ${symbol} to an empty text.`,
        });
  }
  return details;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
