/** Which packages' scripts may have made a file that belongs to no package: by what the scripts say, and by its folder. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { RootFs } from '../../root-fs/root-fs.ts';

/** Folders such as /etc belong to hundreds of packages: beyond so many owners a folder tells nothing. */
const maxOwners = 3;

export class ScriptOwners {
  private constructor(
    private readonly scripts: ReadonlyMap<string, string>,
    private readonly folders: ReadonlyMap<string, ReadonlySet<string>>,
  ) {}

  /** Reads the scripts and file lists of dpkg's database, as far as `paths` need them. */
  static async read(root: RootFs, paths: readonly string[]): Promise<ScriptOwners> {
    const info = await root.resolve('/var/lib/dpkg/info');
    const scripts = new Map<string, string>();
    const folders = new Map(paths.map((path) => [dirname(path), new Set<string>()]));
    for (const entry of (await readdir(info)).sort()) {
      const [, name = '', kind = ''] = /^(.+?)(?::[^.]+)?\.(postinst|preinst|config|list)$/.exec(entry) ?? [];
      if (!name) continue;
      const text = await readFile(join(info, entry), 'utf8');
      if (kind === 'list') for (const line of text.split('\n')) folders.get(line)?.add(name);
      else scripts.set(name, (scripts.get(name) ?? '') + text);
    }
    return new ScriptOwners(scripts, folders);
  }

  /** The most likely first; none when nothing tells. */
  of(path: string): string[] {
    const whole = this.naming(path);
    if (whole.length > 0) return whole;
    const owners = [...(this.folders.get(dirname(path)) ?? [])].filter((name) => this.scripts.has(name));
    if (owners.length > 0 && owners.length <= maxOwners) return owners;
    const parts = this.naming(basename(path));
    return parts.length <= maxOwners ? parts : [];
  }

  private naming(words: string): string[] {
    return [...this.scripts].filter(([, text]) => text.includes(words)).map(([name]) => name);
  }
}
