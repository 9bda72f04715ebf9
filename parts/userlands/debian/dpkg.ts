/** Running the root's own dpkg, reading which package it is at, and telling why it failed. */

import { StageFailure } from '../../../stage-images/contract/failure.ts';
import { ToolError } from '../../../stage-images/contract/tool.ts';
import type { RootFs } from '../../root-fs/root-fs.ts';

/** Lines of no interest: the file counter, what "Unpacking …" repeats, and what --force-depends was given for. */
const noise = [
  /^\(Reading database/,
  /^Selecting previously unselected/,
  /^Preparing to unpack/,
  /^dpkg: regarding .* pre-dependency problem:$/,
  /^dpkg: warning: ignoring pre-dependency problem!$/,
  /^ \S+ pre-depends on /,
  /^ {2}\S+ (provides \S+ but )?is (unpacked|not installed|unpacked but not configured)/,
  /^$/,
];

/** Lines kept for a failure's message. */
const keptLines = 12;

export interface DpkgOptions {
  env?: Record<string, string>;
  /** Whether a configuration file that is there already stays in place of the package's own. */
  keepConffiles?: boolean;
}

/**
 * Runs dpkg inside the root. `onPackage` hears the name of each package it begins with.
 * @throws StageFailure `packages.install-failed`, naming the packages and the last lines before they failed.
 */
export async function dpkg(
  root: RootFs,
  args: readonly string[],
  onPackage: (name: string) => void,
  { env = {}, keepConffiles = false }: DpkgOptions = {},
): Promise<void> {
  const lines: string[] = [];
  const onLine = (line: string) => {
    if (noise.some((pattern) => pattern.test(line))) return;
    lines.push(line);
    const name = parseStart(line);
    if (name) onPackage(name);
    root.log(line);
  };
  // Nothing here survives a crash, so nothing needs to reach the disk in order.
  const options = ['--force-unsafe-io', '--force-bad-path', keepConffiles ? '--force-confold' : '--force-confnew'];
  try {
    await root.run('dpkg', [...options, ...args], { onLine, env });
  } catch (error) {
    if (error instanceof ToolError) throw installFailure(lines);
    throw error;
  }
}

/** `Unpacking libc6:amd64 (2.41-12) ...` and `Setting up libc6:amd64 (2.41-12) ...`: the package's name. */
export function parseStart(line: string): string | undefined {
  return /^(?:Unpacking|Setting up) ([^\s:]+)(?::\S+)? \(/.exec(line)?.[1];
}

/** Packages whose own scripts failed, each with the lines before dpkg's verdict; not those that only depend on them. */
export function parseFailures(lines: readonly string[]): { name: string; tail: string[] }[] {
  const failures: { name: string; tail: string[] }[] = [];
  lines.forEach((line, index) => {
    const match = /^dpkg: error processing (?:package|archive) (\S+) \(--/.exec(line);
    const reason = lines[index + 1] ?? '';
    if (!match?.[1] || reason.includes('dependency problems')) return;
    const name = (/([^/]+)\.deb$/.exec(match[1])?.[1] ?? match[1]).replace(/[:_].*$/, '');
    const start = lines.slice(0, index).findLastIndex((before) => parseStart(before) !== undefined);
    const tail = [...lines.slice(Math.max(0, start), index), reason.trim()];
    failures.push({ name, tail: tail.slice(-keptLines) });
  });
  return failures;
}

function installFailure(lines: readonly string[]): StageFailure {
  const failures = parseFailures(lines);
  const names = failures.map(({ name }) => name).join(', ');
  return new StageFailure({
    code: 'packages.install-failed',
    message: names ? `The installation of ${names} failed.` : `dpkg failed:\n${lines.slice(-keptLines).join('\n')}`,
    hint: 'The lines above each failure tell why. A package that needs a running system or a network to install cannot be part of an image: install it at first boot.',
    details: failures.map(({ name, tail }) => ({
      pointer: '/userland/packages',
      value: JSON.stringify(name),
      message: `${name} could not be installed:\n${tail.join('\n')}`,
    })),
  });
}
