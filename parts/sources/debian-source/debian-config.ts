/** Debian's own configuration of a kernel: a file of the package linux-config-*, which is made with the tree. */
import { join } from 'node:path';
import { symbolOf } from '../../../src/definition/dot-config.ts';
import { pipeTools, readTool } from '../../../stage-images/contract/tool.ts';
import type { VerifiedFile } from '../source.ts';

/** The text of one of its files, which is unpacked in the folder `work`. @throws ToolError where the package does not have it. */
export async function readConfig({ path }: Pick<VerifiedFile, 'path'>, file: string, work: string): Promise<string> {
  const members = ['--strip-components=4', '--wildcards', `./usr/src/linux-config-*/${file}`];
  await pipeTools([
    ['dpkg-deb', '--fsys-tarfile', path],
    ['tar', '--extract', '--file=-', `--directory=${work}`, '--no-same-owner', ...members],
  ]);
  return readTool('xz', ['--decompress', '--stdout', join(work, file)]);
}

/**
 * What is of no use outside Debian: files with its keys, which are in no tree, and the information for debuggers, which needs many
 * times the disk and time and is in no image.
 */
const left: Readonly<Record<string, string>> = {
  CONFIG_SYSTEM_TRUSTED_KEYS: 'CONFIG_SYSTEM_TRUSTED_KEYS=""',
  CONFIG_SYSTEM_REVOCATION_KEYS: 'CONFIG_SYSTEM_REVOCATION_KEYS=""',
  CONFIG_DEBUG_INFO_NONE: 'CONFIG_DEBUG_INFO_NONE=y',
};

export function withoutKeys(text: string): string {
  const kept = text.split('\n').filter((line) => {
    const symbol = symbolOf(line);
    return symbol === undefined || !(Object.hasOwn(left, symbol) || /^CONFIG_DEBUG_INFO(_|$)/.test(symbol));
  });
  return [...kept, ...Object.values(left), ''].join('\n');
}
