/** Changes to an unpacked source tree, by patch(1). */
import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PatchText } from '../../src/definition/kernel-patch.ts';
import type { ErrorDetail } from '../../src/errors.ts';
import { StageFailure } from '../contract/failure.ts';
import { runTool } from '../contract/tool.ts';

interface Patching {
  /** The tree. */
  folder: string;
  /** Of the kernel, for messages. */
  version: string;
  /** A folder for the patch while it is applied. */
  work: string;
  log: (line: string) => void;
}

/** Exit codes of patch(1): some hunks cannot be applied; more serious trouble. */
const someFailed = 1;
const trouble = 2;

/** Places named in a failure. */
const maxDetails = 50;

/**
 * Applies the patches in their order. What patch(1) can place by the lines around a change is applied, and its offset logged.
 * @throws StageFailure `kernel.patch-failed` for the first that does not apply, with each file and hunk that does not.
 */
export async function applyPatches(patches: readonly PatchText[], { folder, version, work, log }: Patching) {
  const file = join(work, 'change.patch');
  for (const [index, { name, content }] of patches.entries()) {
    await writeFile(file, content);
    const said: string[] = [];
    const onLine = (line: string) => {
      said.push(line);
      log(`${name}: ${line}`);
    };
    // GNU patch refuses names that lead out of the folder. Without a name to patch it would ask for one but for --batch.
    const args = ['--strip=1', '--batch', '--forward', '--no-backup-if-mismatch', '--reject-file=-'];
    const code = await runTool('patch', [...args, `--directory=${folder}`, `--input=${file}`], {
      okCodes: [0, someFailed, trouble],
      onLine,
    });
    if (code !== 0) throw failure({ index, name, version, said });
    if (!said.some((line) => touchedFile(line) !== undefined))
      throw failure({ index, name, version, said: ['patch: **** It changes no file'] });
  }
  await rm(file, { force: true });
}

/** What a tree is made of: the package, and all that changed it since. */
export function patchedSource(sha256: string, patches: readonly PatchText[]): string {
  if (patches.length === 0) return sha256;
  const contents = patches.map(({ content }) => content);
  return createHash('sha256')
    .update(JSON.stringify([sha256, ...contents]))
    .digest('hex');
}

function failure({
  index,
  name,
  version,
  said,
}: {
  index: number;
  name: string;
  version: string;
  said: readonly string[];
}) {
  const places = failedPlaces(said);
  const pointer = `/kernel/patches/${index}`;
  const hint = `Make the patch anew for Linux ${version}, or ask in kernel.version for the one that it was made for.`;
  const details = places
    .slice(0, maxDetails)
    .map((place): ErrorDetail => ({ pointer, value: name, message: place, hint }));
  const first = places[0] ?? said.at(-1) ?? 'patch(1) says no more';
  return new StageFailure({
    code: 'kernel.patch-failed',
    message: `${name} does not apply to Linux ${version}: ${first}${places.length > 1 ? `, and ${places.length - 1} more` : ''}.`,
    hint,
    details: details.length > 0 ? details : [{ pointer, value: name, message: first, hint }],
  });
}

/** `patching file mm/slab.c`, and in other words where it is made, renamed or removed. */
function touchedFile(line: string): string | undefined {
  return /^(?:patching|checking) file '?(.+?)'?(?: \((?:renamed|copied|read) from .*\))?$/.exec(line)?.[1];
}

/** What patch(1) says of hunks that it could not apply, each with its file (patch(1), src/patch.c: the messages of main). */
function failedPlaces(said: readonly string[]): string[] {
  const places: string[] = [];
  let file = 'a file that it does not name';
  for (const line of said) {
    const touched = touchedFile(line);
    if (touched !== undefined) file = touched;
    const hunk = /^Hunk #(\d+) (?:FAILED|ignored) at (\d+)/.exec(line);
    if (hunk) places.push(`${file}, hunk ${hunk[1]}, at line ${hunk[2]}`);
    const named = /^\|(?:---|\+\+\+) (?:a|b)\/(\S+)/.exec(line)?.[1];
    if (named !== undefined) file = named;
    if (/^No file to patch/.test(line)) places.push(`${file} is not there`);
    if (/^Reversed \(or previously applied\) patch detected/.test(line)) places.push(`${file} has this change already`);
    if (/^Ignoring potentially dangerous file name/.test(line)) places.push(line.replace(/^Ignoring/, 'It has the'));
    const serious = /^patch: \*\*\*\* (.*)$/.exec(line)?.[1];
    if (serious !== undefined) places.push(serious.replace(/[\s:.]+$/, ''));
  }
  return places;
}
