/**
 * The quickest way to an image: Debian's own kernel. Nothing is compiled, and it boots with an initramfs. README builds the same, so that
 * whoever has run its commands finds all of it in the cache.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import type { Build } from '../../src/model/build.ts';
import { Lock } from '../../src/stages/lock.ts';
import { readCpio } from './cpio.ts';
import { partitionsOf, readInside, rootOf, statInside } from './disk.ts';
import { buildDefinition, inImage, ldf, scratchFolder } from './lab.ts';

const Hashes = z.array(z.object({ content: z.string() })).default([]);
const Sbom = z.object({
  components: z.array(
    z.object({
      name: z.string(),
      hashes: Hashes,
      components: z.array(z.object({ type: z.string(), name: z.string(), hashes: Hashes })).default([]),
    }),
  ),
});

/** The tests of examples/instant.yaml. */
export async function instantTests(): Promise<void> {
  const scratch = await scratchFolder();
  afterAll(scratch.remove);
  const output = join(scratch.path, 'out');
  const image = join(output, 'instant-0.1-x86_64.raw');
  let definition = '';
  let build: Build;
  let release = '';
  let lock: Lock;

  beforeAll(async () => {
    definition = await scratch.write('instant.yaml', await readFile('examples/instant.yaml', 'utf8'));
    build = await buildDefinition(definition, output);
    lock = Lock.parse(JSON.parse(await readFile(join(scratch.path, 'instant.lock'), 'utf8')));
    release = lock.kernel?.sources[0]?.name.replace('linux-image-', '') ?? '';
  });

  it('builds and boots', () => {
    expect(build).toMatchObject({ state: 'succeeded', verdict: { bootable: true }, error: null });
  });

  it('locks the kernel itself, not the package that depends on the newest', () => {
    expect(release).toMatch(/^6\.12\.\d+.*-amd64$/);
  });

  it('has the kernel and an initramfs on the ESP, and an entry that names both', async () => {
    const esp = (await partitionsOf(image)).find(({ name }) => name === 'ESP');
    const entry = await inImage('image-packager', output, [
      ...['mtype', '-i', `/look/instant-0.1-x86_64.raw@@${esp?.offsetBytes}`, '::/loader/entries/instant.conf'],
    ]);
    expect(entry).toContain(`linux      /instant/${release}/linux`);
    expect(entry).toContain(`initrd     /instant/${release}/initrd`);
  });

  it('has the modules, with what depmod finds out about them', async () => {
    const root = await rootOf(image);
    expect(await readInside(root, `/usr/lib/modules/${release}/modules.dep`)).toContain('/vfat.ko');
    expect(await statInside(root, `/usr/lib/modules/${release}/modules.dep.bin`)).toContain('Type: regular');
  });

  it('names the package of the kernel in the SBOM', async () => {
    const sbom = JSON.parse(await readFile(join(output, 'instant-0.1-x86_64.cdx.json'), 'utf8'));
    expect(sbom.components[0]).toMatchObject({ name: 'linux', components: [{ name: `linux-image-${release}` }] });
  });

  it('says the licence of packages and what they depend on, in both forms of the SBOM', async () => {
    const read = async (form: string) =>
      JSON.parse(await readFile(join(output, `instant-0.1-x86_64.${form}.json`), 'utf8'));
    const Spdx = z.object({
      packages: z.array(z.object({ SPDXID: z.string(), name: z.string(), licenseDeclared: z.string() })),
      relationships: z.array(
        z.object({ relationshipType: z.string(), spdxElementId: z.string(), relatedSpdxElement: z.string() }),
      ),
    });
    const spdx = Spdx.parse(await read('spdx'));
    const { SPDXID: systemd, licenseDeclared } = spdx.packages.find(({ name }) => name === 'systemd') ?? {};
    expect(licenseDeclared).toMatch(/\bLGPL-2\.1-or-later\b/);
    const needed = spdx.relationships
      .filter((one) => one.relationshipType === 'DEPENDS_ON' && one.spdxElementId === systemd)
      .map(({ relatedSpdxElement }) => spdx.packages.find(({ SPDXID }) => SPDXID === relatedSpdxElement)?.name);
    expect(needed).toContain('libc6');
    const { components } = await read('cdx');
    expect(components.find(({ name }: { name: string }) => name === 'systemd').licenses).toEqual([
      { expression: licenseDeclared, acknowledgement: 'declared' },
    ]);
  });

  it('accounts in lock and SBOM for every file of the ESP and of the initramfs', async () => {
    const offset = (await partitionsOf(image)).find(({ name }) => name === 'ESP')?.offsetBytes;
    await mkdir(join(output, 'esp'));
    const disk = `/look/instant-0.1-x86_64.raw@@${offset}`;
    await inImage('image-packager', output, ['mcopy', '-s', '-n', '-i', disk, '::/', '/look/esp'], 'rw');
    const esp = (await readdir(join(output, 'esp'), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(output, 'esp').length + 1));
    const programs = ['EFI/BOOT/BOOTX64.EFI', 'EFI/systemd/systemd-bootx64.efi'];
    const texts = ['loader/entries/instant.conf', 'loader/loader.conf'];
    const kernel = [`instant/${release}/initrd`, `instant/${release}/linux`];
    expect(esp.sort()).toEqual([...programs, ...kernel, ...texts].sort());

    const sbom = Sbom.parse(JSON.parse(await readFile(join(output, 'instant-0.1-x86_64.cdx.json'), 'utf8')));
    /** The package of the lock that a file came from, by the SBOM. */
    const originOf = (data: Buffer) => {
      const sha256 = createHash('sha256').update(data).digest('hex');
      const component = sbom.components.find(({ components }) =>
        components.some(({ type, hashes }) => type === 'file' && hashes.some(({ content }) => content === sha256)),
      );
      const locked = lock.boot?.packages.find((source) => source.sha256 === component?.hashes[0]?.content);
      return locked?.name;
    };
    for (const path of programs)
      expect(originOf(await readFile(join(output, 'esp', path))), path).toBe('systemd-boot-efi');

    const initrd = `/look/esp/instant/${release}/initrd`;
    await inImage('image-packager', output, ['zstd', '-q', '-d', initrd, '-o', '/look/initrd.cpio'], 'rw');
    const files = readCpio(await readFile(join(output, 'initrd.cpio'))).filter(
      ({ mode }) => (mode & 0o170000) === 0o100000,
    );
    const shell = files.find(({ path }) => path === 'bin/busybox');
    expect(shell && originOf(shell.data)).toBe('busybox-static');
    const written = ['bin/busybox', 'etc/buses', 'etc/modules', 'init', 'partitions'];
    const modules = files.map(({ path }) => path).filter((path) => !written.includes(path));
    expect(modules.filter((path) => !/\.ko$|\/modules\.(alias|dep)$/.test(path))).toEqual([]);
    expect(modules.every((path) => path.startsWith(`lib/modules/${release}/`))).toBe(true);
  });

  it('says which options of the definition the kernel does not have, and what to do (exit 1)', async () => {
    const text = await readFile(definition, 'utf8');
    const options = '{ CONFIG_EXT4_FS: y, CONFIG_SOUND: y, CONFIG_NO_SUCH_THING: m }';
    const wanting = await scratch.write('wanting.yaml', `${text}  config: { options: ${options} }\n`);
    const { exitCode, stdout, stderr } = await ldf(['build', '-f', wanting, '--wait'], 1);
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toContain('/kernel/config/options/CONFIG_SOUND');
    expect(stdout + stderr).toContain('/kernel/config/options/CONFIG_NO_SUCH_THING');
    expect(stdout + stderr).toContain('cannot be changed');
    expect(stdout + stderr).not.toContain('options/CONFIG_EXT4_FS');
  });
}
