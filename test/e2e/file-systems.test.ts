/** What each file system holds is the tree of the tar, entry by entry, as other tools than those that made it read it back. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { build } from 'esbuild';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Entry, type EntryKind, plainPath } from '../../parts/file-tree/file-tree.ts';
import { TarArchive } from '../../parts/file-tree/tar-archive.ts';
import { MiB } from '../../parts/units.ts';
import { hardEntries, tarOf } from '../fixtures/file-systems/hard-tree.ts';
import { repository, scratchFolder, stageImageId } from './lab.ts';

const scratch = await scratchFolder();
afterAll(scratch.remove);

let packager = '';
beforeAll(async () => {
  packager = await stageImageId('image-packager');
  await chmod(scratch.path, 0o777);
  await build({
    entryPoints: ['test/fixtures/file-systems/fill.ts'],
    outfile: join(scratch.path, 'fill.mjs'),
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'warning' },
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
});

interface Case {
  use: string;
  params: object;
  /** It keeps no devices where they are in this tree. */
  withoutDevices?: true;
  /** What the tool does not copy out: these, and which files are one; `readBack` looks for it in another way. */
  notRead?: readonly EntryKind[];
  /** Copies the tree out of /look/image to /back, in a shell of the packager's image; what it checks on the way fails it. */
  readBack: string;
  /** The same, where owners got in the way of attributes: Linux takes file capabilities away when the owner changes. */
  readAttributes: string;
}

const at = (name: string, path: string) => ({ name, path });
/** The subvolumes lie side by side; where one is mounted, there is an empty folder. */
const restore = `mkdir /restored
  btrfs restore --metadata --symlink --snapshots --xattr /look/image /restored
  time=$(stat --format=@%Y /restored/@)
  rmdir /restored/@/many
  mv /restored/@many /restored/@/many
  mv /restored/@ /back
  touch --date="$time" /back`;

const readXfs = 'python3 /read-xfs.py';

const cases: Case[] = [
  ...['none', 'lz4hc', 'zstd'].map((compression) => ({
    use: 'erofs',
    params: { compression },
    readBack: 'fsck.erofs --extract=/back --xattrs /look/image',
    readAttributes: 'fsck.erofs --extract=/back --xattrs --no-preserve-owner /look/image',
  })),
  ...['zstd', 'xz'].map((compression) => ({
    use: 'squashfs',
    params: { compression },
    readBack: 'unsquashfs -quiet -no-progress -strict-errors -dest /back /look/image',
    readAttributes: 'unsquashfs -quiet -no-progress -strict-errors -dest /back /look/image',
  })),
  ...['none', 'zstd'].map((compression) => ({
    use: 'btrfs',
    params: { compression, subvolumes: [at('@', '/'), at('@many', '/many')] },
    withoutDevices: true as const,
    notRead: ['fifo', 'hardlink'] as const,
    readBack: `btrfs check /look/image
      btrfs inspect-internal dump-tree /look/image >/tmp/trees
      grep -q 'mode 100644 links 3 uid 7' /tmp/trees
      grep -q 'mode 10620 links 1' /tmp/trees
      ${restore}`,
    readAttributes: restore,
  })),
  {
    use: 'xfs',
    params: {},
    notRead: ['hardlink'] as const,
    readBack: `xfs_repair -n /look/image\n${readXfs}`,
    readAttributes: readXfs,
  },
];

describe.each(cases)('$use $params', ({ use, params, withoutDevices, notRead = [], readBack, readAttributes }) => {
  const folder = join(scratch.path, `${use}-${Object.values(params)[0]}`);
  const written = hardEntries(!withoutDevices);
  const apart = notRead.includes('hardlink');
  const expected = told(
    written
      .filter(({ kind }) => kind === 'hardlink' || !notRead.includes(kind))
      .map((entry) => ({ entry, content: entry.content })),
    apart,
  );

  beforeAll(async () => {
    await mkdir(folder);
    await chmod(folder, 0o777);
    await writeFile(join(folder, 'tree.tar'), tarOf(written));
    await fill('first');
    const disk = createReadStream(join(folder, 'first'), { start: MiB });
    const image = await open(join(folder, 'image'), 'w');
    await pipeline(disk, image.createWriteStream());
  });

  /** With what a container of the stage may do, and nothing more. */
  async function fill(disk: string): Promise<void> {
    const limits = ['--network', 'none', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--read-only'];
    const mounts = [
      '--volume',
      `${folder}:/look:rw`,
      '--volume',
      `${scratch.path}/fill.mjs:/fill.mjs:ro`,
      '--tmpfs',
      '/tmp',
    ];
    await execa('docker', [
      ...['run', '--rm', ...limits, ...mounts],
      ...['--entrypoint', 'node', packager, '/fill.mjs', use, JSON.stringify(params)],
      ...['/look/tree.tar', `/look/${disk}`, `/look/work-${disk}`],
    ]);
  }

  /** The tree as it was read back, by path. */
  async function backFrom(command: string, name: string): Promise<Map<string, Found>> {
    const pack = `tar --create --file=/look/${name} --directory=/back --format=posix --numeric-owner --xattrs --xattrs-include='*' .`;
    const shell = ['--entrypoint', 'sh', packager, '-euc', `${command} >&2\n${pack}`];
    const volumes = [
      `${folder}:/look:rw`,
      `${join(repository, 'test/fixtures/file-systems/read-xfs.py')}:/read-xfs.py:ro`,
    ];
    const mounts = volumes.flatMap((volume) => ['--volume', volume]);
    await execa('docker', ['run', '--rm', '--network', 'none', ...mounts, ...shell]);
    return foundIn(join(folder, name), apart);
  }

  it('holds every entry as it was: kind, owner, mode, time, links, device and content', async () => {
    const found = await backFrom(readBack, 'back.tar');
    expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [path, { xattrs: _, ...entry }] of expected) {
      const { xattrs: _theirs, ...back } = found.get(path) ?? { xattrs: {} };
      expect(back, path).toEqual(entry);
    }
  });

  it('holds extended attributes and file capabilities', async () => {
    const found = await backFrom(readAttributes, 'attributes.tar');
    for (const [path, { xattrs }] of expected) expect(found.get(path)?.xattrs, path).toEqual(xattrs);
  });

  it('is the same, byte for byte, when it is made again', async () => {
    await fill('second');
    const [first, second] = await Promise.all(['first', 'second'].map((name) => hashOf(join(folder, name))));
    expect(second).toBe(first);
  });
});

/** What can be told of an entry, however it is stored: of hard links all names together. */
interface Found {
  kind: string;
  owner: string;
  mode: string;
  mtime: number;
  link: string;
  names: string;
  device: object | null;
  content: string;
  xattrs: Record<string, string>;
}

async function foundIn(path: string, apart: boolean): Promise<Map<string, Found>> {
  const { entries, extents } = await new TarArchive(path).content();
  const data = await readFile(path);
  return told(
    entries.map((entry, index) => {
      const end = extents[index]?.endBytes ?? 0;
      const start = end - Math.ceil(entry.sizeBytes / 512) * 512;
      return { entry, content: data.subarray(start, start + entry.sizeBytes) };
    }),
    apart,
  );
}

/** @param apart names of one file are not known to be that */
function told(all: readonly { entry: Entry; content: Buffer }[], apart: boolean): Map<string, Found> {
  const targets = new Map<string, string[]>();
  const targetOf = ({ kind, path, link }: Entry) => plainPath(kind === 'hardlink' ? link : path);
  for (const { entry } of all)
    targets.set(targetOf(entry), [...new Set([...(targets.get(targetOf(entry)) ?? []), plainPath(entry.path)])]);
  const first = new Map(all.map((one) => [plainPath(one.entry.path), one]));
  return new Map(
    all.map(({ entry }) => {
      const { entry: own, content } = first.get(targetOf(entry)) ?? { entry, content: Buffer.alloc(0) };
      const found: Found = {
        kind: own.kind,
        owner: `${own.uid}:${own.gid}`,
        mode: own.mode.toString(8),
        mtime: own.mtime,
        link: own.link,
        names: apart ? '' : (targets.get(targetOf(entry)) ?? []).sort().join(' | '),
        device: own.device ?? null,
        content: createHash('sha256').update(content).digest('hex'),
        xattrs: Object.fromEntries([...own.xattrs].sort().map(([name, value]) => [name, value.toString('hex')])),
      };
      return [plainPath(entry.path), found];
    }),
  );
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
