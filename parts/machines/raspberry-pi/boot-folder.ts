/** What is on the partition that the firmware reads: that everything is there, and is what it should be. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readStart } from '../../../stage-images/contract/read-start.ts';
import type { Problem } from '../../checks/check.ts';
import type { Inspected } from '../machine.ts';
import { mostLineLength, parseConfigTxt, type Settings } from './config-txt.ts';
import { compatibleOf } from './device-tree.ts';
import type { Model } from './models.ts';
import { problem } from './problem.ts';

const bringsIt = 'See that the bootloader or the platform component brings it.';
const correctSettings = 'Correct the settings of the bootloader component, or what adds the file.';

/** @param folder with a copy of all that is on the partition */
export async function judgeFolder(folder: string, model: Model): Promise<Inspected> {
  const names = await readdir(folder, { recursive: true });
  const byName = new Map(names.map((name) => [name.toLowerCase(), join(folder, name)]));
  /** FAT tells no capitals from small letters. */
  const find = (name: string) => byName.get(name.replace(/^\//, '').toLowerCase());
  const inspection: Inspected = { seen: [], problems: [] };
  for (const name of model.firmware) note(inspection, name, find(name) ? undefined : missing(name));
  const config = find('config.txt');
  if (config === undefined) {
    inspection.problems.push(missing('config.txt'));
    return inspection;
  }
  const settings = parseConfigTxt(await readFile(config, 'utf8'), model);
  const prefix = settings.values.get('os_prefix') ?? '';
  const files: Files = { find: (name) => find(prefix + name) ?? find(name) };
  judgeSettings(settings, files, inspection);
  await judgeCommandLine(files.find(settings.values.get('cmdline') ?? 'cmdline.txt'), inspection);
  await judgeKernel(files.find(settings.values.get('kernel') ?? 'kernel8.img'), inspection);
  for (const tree of treesFor(settings, model)) await judgeTree(tree, files, inspection);
  return inspection;
}

interface Files {
  /** The path of a copy; undefined where there is no such file. */
  find(name: string): string | undefined;
}

function judgeSettings({ values, files: named, longLines }: Settings, { find }: Files, inspection: Inspected): void {
  const wide = values.get('arm_64bit') === '1';
  note(
    inspection,
    'arm_64bit=1',
    wide
      ? undefined
      : problem('config.txt has no arm_64bit=1, so the kernel would be started in 32 bits', correctSettings),
  );
  for (const name of named)
    note(
      inspection,
      name,
      find(name) ? undefined : problem(`config.txt names ${name}, and there is no such file`, correctSettings),
    );
  for (const line of longLines)
    inspection.problems.push(
      problem(`the firmware reads ${mostLineLength} characters of a line, and config.txt has ${line}`, correctSettings),
    );
}

async function judgeCommandLine(path: string | undefined, inspection: Inspected): Promise<void> {
  const text = path === undefined ? undefined : await readFile(path, 'utf8');
  const good = text !== undefined && /^[^\n]*\broot=[^\n]+\n?$/.test(text);
  note(
    inspection,
    'the command line',
    good ? undefined : problem('the kernel command line is not one line of a file, with root= in it', bringsIt),
  );
}

/** Documentation/arch/arm64/booting.rst: where an Image has which magic number. */
const imageMagicAt = 56;
const imageMagic = 'ARM\x64';

async function judgeKernel(path: string | undefined, inspection: Inspected): Promise<void> {
  const start = path === undefined ? undefined : await readStart(path, imageMagicAt + imageMagic.length);
  const good = start?.toString('latin1', imageMagicAt) === imageMagic;
  note(
    inspection,
    'the kernel, an Image of arm64',
    good ? undefined : problem('the kernel is missing, or is no plain Image of arm64', bringsIt),
  );
}

/** Of every variant of the board; of one alone where config.txt says which tree it is. */
function treesFor({ values }: Settings, { trees, ownName }: Model): { name: string; compatible: readonly string[] }[] {
  const said = values.get('device_tree');
  if (said !== undefined) return [{ name: said, compatible: trees.map(({ compatible }) => compatible) }];
  const upstream = values.get('upstream_kernel') === '1';
  return trees.map(({ name, compatible }) => ({ name: upstream ? name : ownName(name), compatible: [compatible] }));
}

async function judgeTree(
  { name, compatible }: { name: string; compatible: readonly string[] },
  { find }: Files,
  inspection: Inspected,
): Promise<void> {
  const path = find(name);
  const found = path === undefined ? [] : (compatibleOf(await readFile(path)) ?? []);
  const good = found.some((one) => compatible.includes(one));
  const told = found.length > 0 ? `it is for ${found.join(', ')}` : 'it is no device tree';
  note(
    inspection,
    `${name} for ${compatible.join(' or ')}`,
    path === undefined
      ? missing(name)
      : good
        ? undefined
        : problem(`${name} is not the device tree of the board: ${told}`, bringsIt),
  );
}

function missing(name: string): Problem {
  return problem(`its firmware needs ${name}, and there is no such file`, bringsIt);
}

function note({ seen, problems }: Inspected, what: string, wrong: Problem | undefined): void {
  if (wrong) problems.push(wrong);
  else seen.push(what);
}
