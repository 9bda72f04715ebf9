import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stageImage } from '../../../src/engine/core/dependencies.ts';
import { readImagesLock } from '../../../src/images/lock.ts';
import type { ImageProgress } from '../../../src/runtime/images.ts';
import { imagesOnDemand, usualImages } from '../../../src/stages/names.ts';
import { makeImage } from '../../fixtures/memory-image-engine.ts';
import { ImagesInstallation, silent } from './installation.ts';

let installation: ImagesInstallation;

beforeEach(async () => {
  installation = await ImagesInstallation.open();
});
afterEach(() => installation.close());

describe('ensure', () => {
  it('builds the base and every image, tells of it, and locks what came out', async () => {
    const told: ImageProgress[] = [];
    const images = await installation.service().ensure((progress) => told.push(progress));
    expect(Object.keys(images).sort()).toEqual([...usualImages].sort());
    expect(installation.engine.built).toHaveLength(5);
    expect(installation.engine.built[0]).toMatch(/^ldf\/base:/);
    expect(
      told
        .filter(({ kind }) => kind === 'done')
        .map(({ image }) => image)
        .sort(),
    ).toEqual(['base', ...usualImages].sort());
    const lock = await readImagesLock(installation.lockFile);
    expect(lock.base).toMatchObject({ wanted: 'debian:test', origin: 'pulled', digest: 'debian@sha256:1' });
    expect(lock.images['boot-tester']).toMatchObject({ id: images['boot-tester']?.id, origin: 'built' });
    expect(await installation.service().resolve()).toEqual(images);
  });

  it('builds nothing when nothing has changed, whoever asks', async () => {
    await installation.service().ensure(silent);
    installation.engine.built.length = 0;
    await installation.service().ensure(silent);
    await installation.service({ baseImage: undefined }).ensure(silent);
    await Promise.all([installation.service().ensure(silent), installation.service().ensure(silent)]);
    expect(installation.engine.built).toEqual([]);
  });

  it('builds the one image whose sources have changed, on the base that is there', async () => {
    await installation.service().ensure(silent);
    installation.engine.built.length = 0;
    await installation.writeSource('boot-tester', 'FROM x\nRUN true\n');
    expect(await installation.states()).toEqual(['ok', 'ok', 'ok', 'stale']);
    await expect(installation.service().resolve()).rejects.toMatchObject({
      code: 'images.mismatch',
      message: /boot-tester/,
    });
    await installation.service().ensure(silent);
    expect(installation.engine.built).toEqual([await installation.tagOf('boot-tester')]);
    expect(await installation.states()).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  it('builds only what is needed, and what runs on that does not ask for the rest', async () => {
    await installation.service().ensure(silent, undefined, ['rootfs-assembler', 'boot-tester']);
    expect(await installation.states()).toEqual(['missing', 'ok', 'missing', 'ok']);
    const images = await installation.service().resolve(['boot-tester']);
    expect(Object.keys(images).sort()).toEqual(['boot-tester', 'rootfs-assembler']);
    await expect(installation.service().resolve(['boot-tester', 'image-packager'])).rejects.toMatchObject({
      code: 'images.missing',
      message: expect.not.stringContaining('kernel-builder'),
    });
  });

  it('leaves out what no build has needed, builds it for the first that does, and keeps it right from then on', async () => {
    const [onDemand = 'kernel-builder'] = imagesOnDemand;
    const stateOf = async () => (await installation.service().verify()).find(({ name }) => name === onDemand)?.state;
    await installation.service().ensure(silent);
    expect(await stateOf()).toBe('unused');
    expect(installation.engine.built).not.toContain(await installation.tagOf(onDemand));
    await expect(installation.service().resolve([onDemand])).rejects.toMatchObject({ code: 'images.missing' });
    await installation.service().ensure(silent, undefined, [onDemand]);
    expect(await stateOf()).toBe('ok');
    await writeFile(join(installation.directory, onDemand, 'program.mjs'), 'another');
    expect(await stateOf()).toBe('stale');
    await installation.service().ensure(silent);
    expect(await stateOf()).toBe('ok');
  });

  it('takes over what another installation on the engine has built', async () => {
    await installation.service().ensure(silent);
    installation.engine.built.length = 0;
    await installation
      .service({ lockFile: join(installation.folder, 'other.json'), baseImage: undefined })
      .ensure(silent);
    expect(installation.engine.built).toEqual([]);
  });

  it('builds anew on another base when one is asked for', async () => {
    await installation.service().ensure(silent);
    installation.engine.built.length = 0;
    installation.engine.registry.set('debian:other', makeImage('other'));
    await installation.service({ baseImage: 'debian:other' }).ensure(silent);
    expect(installation.engine.built).toHaveLength(5);
    expect((await readImagesLock(installation.lockFile)).base?.wanted).toBe('debian:other');
  });

  it('keeps what was built when one build fails', async () => {
    installation.engine.failing = 'image-packager';
    await expect(installation.service().ensure(silent)).rejects.toMatchObject({ code: 'images.build-failed' });
    expect(await installation.states()).toEqual(['ok', 'ok', 'missing', 'ok']);
    installation.engine.failing = undefined;
    installation.engine.built.length = 0;
    await installation.service().ensure(silent);
    expect(installation.engine.built).toEqual([await installation.tagOf('image-packager')]);
  });

  it('does not bootstrap when the registry answers and has no such image', async () => {
    await expect(installation.service({ baseImage: 'debian:none' }).ensure(silent)).rejects.toMatchObject({
      code: 'images.pull-failed',
    });
    expect(installation.engine.built).toEqual([]);
  });
});

describe('verify', () => {
  it('says what is missing and how to get it', async () => {
    expect(await installation.service().verify()).toContainEqual(
      expect.objectContaining({
        name: 'kernel-builder',
        state: 'missing',
        problem: expect.stringContaining('ldf images build'),
      }),
    );
    await expect(installation.service().resolve()).rejects.toMatchObject({ code: 'images.missing' });
    expect(await installation.service().list()).toEqual([]);
  });

  it('sees an image that Docker lost', async () => {
    const image = stageImage(await installation.service().ensure(silent), 'kernel-builder');
    installation.engine.tags.delete(await installation.tagOf('kernel-builder'));
    await installation.engine.removeImage(image.id);
    expect(await installation.states()).toEqual(['missing', 'ok', 'ok', 'ok']);
  });

  it('sees a name that was given to another image, and gives it back without a build', async () => {
    await installation.service().ensure(silent);
    installation.engine.built.length = 0;
    installation.engine.tags.set(await installation.tagOf('boot-tester'), installation.engine.add('foreign').id);
    await expect(installation.service().resolve()).rejects.toMatchObject({
      code: 'images.mismatch',
      message: /boot-tester:.* was given to another/,
    });
    const images = await installation.service().ensure(silent);
    expect(installation.engine.tags.get(await installation.tagOf('boot-tester'))).toBe(images['boot-tester']?.id);
    expect(installation.engine.built).toEqual([]);
  });

  it('continues with its own image when another installation has built the same sources again', async () => {
    const { 'boot-tester': own } = await installation.service().ensure(silent);
    const tag = await installation.tagOf('boot-tester');
    const rebuilt = installation.engine.add('rebuilt', installation.engine.images.get(own?.id ?? '')?.labels);
    installation.engine.tags.set(tag, rebuilt.id);
    expect(await installation.states()).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect((await installation.service().resolve())['boot-tester']?.id).toBe(own?.id);
  });

  it('sees an image that is not the locked one, and builds it anew', async () => {
    await installation.service().ensure(silent);
    const lock = JSON.parse(await readFile(installation.lockFile, 'utf8'));
    lock.images['image-packager'].identity = 'f'.repeat(64);
    await writeFile(installation.lockFile, JSON.stringify(lock));
    expect(await installation.states()).toEqual(['ok', 'ok', 'mismatch', 'ok']);
    installation.engine.built.length = 0;
    await installation.service().ensure(silent);
    expect(installation.engine.built).toEqual([await installation.tagOf('image-packager')]);
  });

  it('names a lock that cannot be read', async () => {
    await mkdir(join(installation.folder, 'data'));
    await writeFile(installation.lockFile, '{"version":1,');
    await expect(installation.service().verify()).rejects.toMatchObject({
      code: 'images.mismatch',
      message: expect.stringContaining(`: ${basename(installation.lockFile)} in the data folder`),
    });
  });
});
