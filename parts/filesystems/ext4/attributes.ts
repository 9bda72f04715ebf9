/** Extended attributes that mke2fs(8) passes over in a tar: debugfs(8) writes them into the finished file system. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import { runTool } from '../../../stage-images/contract/tool.ts';
import { type Entry, plainPath } from '../../file-tree/file-tree.ts';

/** Of a tar, it takes this one alone. */
const taken = 'security.capability';

export interface AttributePlace {
  /** The disk image, and where the file system begins in it. */
  disk: string;
  startBytes: number;
  /** A folder of its own, which is made. */
  work: string;
  /** Seconds since the epoch. */
  sourceDate: number;
}

/** @throws StageFailure `file-system.unfit` for an attribute of a file whose name no line of commands can have */
export async function writeAttributes(
  entries: readonly Entry[],
  { disk, startBytes, work, sourceDate }: AttributePlace,
): Promise<void> {
  const values = new Map<string, string>();
  const fileOf = (value: Buffer) => {
    const known = values.get(value.toString('latin1'));
    const file = known ?? join(work, String(values.size));
    values.set(value.toString('latin1'), file);
    return file;
  };
  const commands = attributeCommands(entries, fileOf);
  if (commands.length === 0) return;
  await mkdir(work, { recursive: true });
  for (const [value, file] of values) await writeFile(file, Buffer.from(value, 'latin1'));
  const script = join(work, 'commands');
  await writeFile(script, commands.map((command) => `${command}\n`).join(''));
  const said: string[] = [];
  await runTool('debugfs', ['-w', '-f', script, `${disk}?offset=${startBytes}`], {
    env: { SOURCE_DATE_EPOCH: String(sourceDate) },
    onLine: (line) => {
      // Its name and version, and each command; it ends well whatever became of them.
      if (!/^debugfs[: ]/.test(line) && said.length < mostTold) said.push(line);
    },
  });
  if (said.length > 0) throw new Error(`debugfs could not write attributes:\n${said.join('\n')}`);
}

const mostTold = 20;

/** Lines for debugfs: of a path that is named twice, the last entry counts. @param fileOf where a value will stand */
export function attributeCommands(entries: readonly Entry[], fileOf: (value: Buffer) => string): string[] {
  const last = new Map(entries.map((entry) => [plainPath(entry.path), entry]));
  return [...last].flatMap(([path, { kind, xattrs }]) =>
    kind === 'hardlink'
      ? []
      : [...xattrs]
          .filter(([name]) => name !== taken)
          .map(([name, value]) => `ea_set -f ${fileOf(value)} ${quoted(path)} ${name}`),
  );
}

/** A word of a command, in which a quotation mark is doubled. */
function quoted(path: string): string {
  if (/[\n\0]/.test(path))
    throw new StageFailure({
      code: 'file-system.unfit',
      message: `/${path.replaceAll('\n', '\\n')} has an extended attribute, which ext4 cannot be given for a name of several lines.`,
      hint: 'Give the file another name, or choose another file system.',
    });
  return `"/${path.replaceAll('"', '""')}"`;
}
