/**
 * Signed images: firmware that knows the key alone starts them, and neither one that was changed afterwards nor one without a
 * signature. Whoever looks with other tools finds the signature, the variables to enrol, and no private key.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { Build } from '../../src/model/build.ts';
import { KeySet } from '../../src/model/key-set.ts';
import type { BootParams } from '../../src/stages/boot/contract.ts';
import { contractVersion, type RequestEnvelope, StageResult } from '../../src/stages/contract.ts';
import type { PackageData } from '../../src/stages/package/data.ts';
import { resultOf } from '../fixtures/cli-result.ts';
import { partitionsOf } from './disk.ts';
import { buildDefinition, dataDir, inImage, ldf, scratchFolder, smallSystem, stageImageId } from './lab.ts';

const scratch = await scratchFolder();
const keySet = 'secure-boot-test';
const image = 'sealed-0.1-x86_64.raw';
const loader = 'EFI/BOOT/BOOTX64.EFI';
const booted = join(scratch.path, 'booted');

let build: Build;
let certificate = '';

async function definitionWith(bootloader: string): Promise<string> {
  const signing = { secureBoot: keySet, artifacts: keySet };
  return scratch.write('sealed.yaml', stringify({ ...smallSystem('sealed'), bootloader, signing }));
}

beforeAll(async () => {
  // One may be left of a run that was ended.
  const names = resultOf((await ldf(['keys', 'list', '--json'])).stdout) as { items: KeySet[] };
  if (names.items.some(({ name }) => name === keySet)) await ldf(['keys', 'delete', keySet]);
  const made = KeySet.parse(resultOf((await ldf(['keys', 'create', keySet, '--json'])).stdout));
  expect(made.problem).toBeNull();
  certificate = (await ldf(['keys', 'export-cert', keySet])).stdout;
  build = await buildDefinition(await definitionWith('systemd-boot'), booted);
  await chmod(booted, 0o777);
  await writeFile(join(booted, 'certificate.pem'), `${certificate}\n`);
});
afterAll(async () => {
  await ldf(['keys', 'delete', keySet]);
  await scratch.remove();
});

/** mtools' name of a file on the EFI system partition of an image in the folder that is looked at. */
async function onEsp(folder: string, path: string): Promise<string[]> {
  const esp = (await partitionsOf(join(folder, image))).find(({ name }) => name === 'ESP');
  return ['-i', `/look/${image}@@${esp?.offsetBytes}`, `::/${path}`];
}

async function takeOut(folder: string, path: string, as: string): Promise<string> {
  await inImage('image-packager', folder, ['mcopy', '-n', ...(await onEsp(folder, path)), `/look/${as}`], 'rw');
  return join(folder, as);
}

async function listSignatures(folder: string, file: string): Promise<string> {
  return inImage('image-packager', folder, ['sbverify', '--cert', '/look/certificate.pem', `/look/${file}`]);
}

describe('a signed image with systemd-boot', () => {
  it('boots under firmware that knows its key alone, and the guest finds Secure Boot enabled', async () => {
    expect(build).toMatchObject({ state: 'succeeded', verdict: { bootable: true } });
    expect(await readFile(join(booted, `${image}.console.log`), 'utf8')).toContain('Secure boot enabled');
  });

  it('has a good signature on the boot manager and the kernel', async () => {
    await takeOut(booted, loader, 'loader.efi');
    const release = (
      await inImage('image-packager', booted, ['mdir', '-b', ...(await onEsp(booted, 'sealed'))])
    ).trim();
    await takeOut(booted, `sealed/${release.split('/').filter(Boolean).at(-1)}/linux`, 'linux.efi');
    for (const file of ['loader.efi', 'linux.efi'])
      expect(await listSignatures(booted, file), file).toContain('Signature verification OK');
  });

  it('brings the variables that enrol its certificate, and nobody does that unasked', async () => {
    const der = Buffer.from(certificate.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    for (const variable of ['PK', 'KEK', 'db']) {
      const file = await takeOut(booted, `loader/keys/auto/${variable}.auth`, `${variable}.auth`);
      expect((await readFile(file)).includes(der), variable).toBe(true);
    }
    const settings = await takeOut(booted, 'loader/loader.conf', 'loader.conf');
    expect(await readFile(settings, 'utf8')).toMatch(/^secure-boot-enroll manual$/m);
  });

  it.each([
    ['private-key.pem', 5],
    ['artifact-key.pem', 1],
  ])('has %s nowhere but in the key set', async (file, number) => {
    const privateKey = await readFile(join(dataDir, 'keys', keySet, file), 'utf8');
    const line = privateKey.split('\n')[number] ?? '';
    expect(line).toHaveLength(64);
    const found = await execa('grep', [
      '--recursive',
      '--files-with-matches',
      '--fixed-strings',
      line,
      dataDir,
      booted,
    ]);
    expect(found.stdout.split('\n')).toEqual([join(dataDir, 'keys', keySet, file)]);
  });
});

describe('the artifacts of a signed build', () => {
  const papers = () => build.artifacts.filter(({ kind }) => kind === 'signature').map(({ name }) => name);

  it('are each signed, by the word of minisign itself', async () => {
    await writeFile(join(booted, 'key.pub'), (await ldf(['keys', 'export-key', keySet])).stdout);
    const signed = build.artifacts.filter(({ kind }) => kind !== 'signature').map(({ name }) => name);
    expect(papers()).toEqual(expect.arrayContaining(signed.map((name) => `${name}.minisig`)));
    for (const name of signed) {
      const { stdout } = await execa('minisign', ['-Vm', name, '-p', 'key.pub'], { cwd: booted });
      expect(stdout, name).toContain(`file:${name}`);
    }
  });

  it('are checked without a server, and one that was cut off is named', async () => {
    const key = ['--key', join(booted, 'key.pub')];
    const { stdout } = await ldf(['verify-artifact', join(booted, image), ...key]);
    for (const part of ['checksum', 'signature', 'provenance'])
      expect(stdout).toMatch(new RegExp(`^${part} +good `, 'm'));
    await ldf(['verify-artifact', join(booted, 'SHA256SUMS'), '--key-set', keySet]).then(({ exitCode }) =>
      expect(exitCode).toBe(0),
    );
    const cut = join(scratch.path, 'cut');
    await mkdir(cut);
    for (const name of [...papers(), 'SHA256SUMS']) await copyFile(join(booted, name), join(cut, name));
    await copyFile(join(booted, 'SHA256SUMS'), join(cut, image));
    const { stderr } = await ldf(['verify-artifact', join(cut, image), ...key], 1);
    expect(stderr).toContain('it is truncated');
  });
});

describe('firmware refuses', () => {
  it('a boot manager of which one byte was changed, and one without a signature', async () => {
    const layer = join(scratch.path, 'layer');
    const [changed, unsigned] = ['changed.raw', 'unsigned.raw'];
    await mkdir(layer);
    await chmod(layer, 0o777);
    await writeFile(join(layer, 'certificate.pem'), certificate);
    const original = await readFile(await takeOut(booted, loader, 'original.efi'));
    const middle = original.length >> 1;
    original.writeUInt8(original.readUInt8(middle) ^ 1, middle);
    await putLoader(layer, changed, original);
    await inImage('image-packager', booted, ['sbattach', '--remove', '/look/original.efi'], 'rw');
    await putLoader(layer, unsigned, await readFile(join(booted, 'original.efi')));

    const result = await bootStage(layer, [changed, unsigned]);
    expect(result).toMatchObject({ ok: false, error: { code: 'boot.signature-refused' } });
    const details = result.ok ? [] : result.error.details.map(({ message }) => message);
    expect(details).toHaveLength(2);
    for (const [index, name] of [changed, unsigned].entries())
      expect(details[index]).toMatch(new RegExp(`^${name} did not come up: Secure Boot refused .*Access Denied`));
  });

  /** A copy of the image with another program where firmware looks. */
  async function putLoader(layer: string, name: string, program: Uint8Array): Promise<void> {
    await writeFile(join(layer, 'loader.efi'), program);
    await execa('cp', ['--sparse=always', join(booted, image), join(layer, image)]);
    const [option, disk, path] = await onEsp(layer, loader);
    await inImage(
      'image-packager',
      layer,
      ['mcopy', '-o', option ?? '', disk ?? '', '/look/loader.efi', path ?? ''],
      'rw',
    );
    await execa('mv', [join(layer, image), join(layer, name)]);
  }

  /** The stage `boot` itself, on images of our own making. */
  async function bootStage(layer: string, names: readonly string[]): Promise<StageResult> {
    const params: BootParams = {
      machine: { use: 'uefi', params: { certificate: `${certificate}\n` } },
      ...{ memoryMiB: 1024, cpus: 1, display: false },
      ...{ timeoutSeconds: 900, silenceSeconds: 240, wallSeconds: 3600 },
      signs: { up: [{ what: 'a log-in prompt', pattern: 'login:' }], down: [] },
    };
    const request: RequestEnvelope = {
      ...{ contract: contractVersion, stage: 'boot', arch: 'x86_64', key: '0'.repeat(64) },
      params,
    };
    const facts = {
      ...({
        kind: 'image',
        format: 'raw',
        mediaType: 'application/octet-stream',
        disk: 'whole',
        sparse: true,
      } as const),
      ...({ bootable: true, qemu: { driver: 'raw', packed: null } } as const),
    };
    const data: PackageData = {
      artifacts: names.map((path) => ({ path, ...facts })),
      ...{ initramfs: true, diskBytes: 1 },
    };
    const outputs = await Promise.all(
      names.map(async (path) => ({
        ...{ path, kind: 'file' as const, sizeBytes: (await stat(join(layer, path))).size },
        sha256: await sha256(join(layer, path)),
      })),
    );
    await writeFile(join(layer, 'result.json'), JSON.stringify({ ok: true, outputs, data }));
    const [out, work] = [join(scratch.path, 'out'), join(scratch.path, 'work')];
    for (const folder of [out, work]) {
      await mkdir(folder);
      await chmod(folder, 0o777);
    }
    await writeFile(join(out, 'request.json'), JSON.stringify(request));
    const volumes = [`${layer}:/ldf/in/package:ro`, `${out}:/ldf/out`, `${work}:/ldf/work`];
    await execa(
      'docker',
      [
        ...['run', '--rm', '--network', 'none', '--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL'],
        ...volumes.flatMap((volume) => ['--volume', volume]),
        await stageImageId('boot-tester'),
      ],
      { reject: false },
    );
    return StageResult.parse(JSON.parse(await readFile(join(out, 'result.json'), 'utf8')));
  }
});

describe('a signed unified kernel image', () => {
  it('has one signature over all of it, and is the same image when it is packaged again', async () => {
    const output = join(scratch.path, 'uki');
    const { id, artifacts } = await buildDefinition(await definitionWith('uki'), output, { args: ['--no-boot'] });
    await chmod(output, 0o777);
    await copyFile(join(booted, 'certificate.pem'), join(output, 'certificate.pem'));
    await takeOut(output, loader, 'uki.efi');
    expect(await listSignatures(output, 'uki.efi')).toContain('Signature verification OK');
    const again = Build.parse(resultOf((await ldf(['retry', id, '--stage', 'package', '--wait', '--json'])).stdout));
    // Signatures have the time of their build.
    const hashes = (build: Build) =>
      build.artifacts.flatMap(({ kind, name, sha256 }) => (kind === 'signature' ? [] : [[name, sha256]])).sort();
    expect(artifacts.map(({ name }) => name)).toContain(image);
    expect(hashes(again)).toEqual(hashes({ ...again, artifacts }));
  });
});

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
