import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashSources } from '../../../src/images/sources.ts';
import { usualImages } from '../../../src/stages/names.ts';
import { MemoryImageEngine, makeImage } from '../../fixtures/memory-image-engine.ts';
import { ImagesInstallation, silent } from './installation.ts';

let installation: ImagesInstallation;

beforeEach(async () => {
  installation = await ImagesInstallation.open();
});
afterEach(() => installation.close());

describe('images from elsewhere', () => {
  it('are saved here, loaded there, and are the same images', async () => {
    const here = await installation.service().ensure(silent);
    const archive = await installation.service().save();
    installation.engine = new MemoryImageEngine();
    const loaded = await installation.service().load(archive, false);
    expect(loaded.map(({ origin }) => origin)).toEqual(usualImages.map(() => 'loaded'));
    const there = await installation.service({ baseImage: undefined }).resolve();
    expect(usualImages.map((name) => there[name]?.identity)).toEqual(usualImages.map((name) => here[name]?.identity));
    // Another base is wanted, but these were not built here.
    await installation.service({ baseImage: 'debian:other' }).ensure(silent);
    expect(installation.engine.built).toEqual([]);
  });

  it('are saved only when they are right', async () => {
    await installation.service().ensure(silent);
    await installation.writeSource('boot-tester', 'FROM y\n');
    await expect(installation.service().save()).rejects.toMatchObject({ code: 'images.mismatch' });
    await expect(installation.service().save(['kernel-builder'])).resolves.toBeDefined();
  });

  it('that are no stage images are refused', async () => {
    installation.engine.add('foreign', {}, 'foreign:1');
    await expect(
      installation.service().load(await installation.engine.saveImages(['foreign:1']), true),
    ).rejects.toMatchObject({
      code: 'request.invalid',
    });
  });

  it('are not taken in once nobody wants them any more', async () => {
    await installation.service().ensure(silent);
    const archive = await installation.service().save();
    installation.engine = new MemoryImageEngine();
    const leaving = new AbortController();
    const loading = installation.service().load(archive, true, leaving.signal);
    leaving.abort(new Error('left'));
    await expect(loading).rejects.toThrow('left');
    expect(installation.engine.images.size).toBe(0);
  });

  it('are pulled by the hash of their sources', async () => {
    for (const name of usualImages) {
      const sources = (await hashSources(installation.directory))[name];
      const labels = { 'ldf.image': name, 'ldf.sources': sources };
      installation.engine.registry.set(
        `registry.example/ldf/${name}:${sources.slice(0, 12)}`,
        makeImage(`pulled ${name}`, labels),
      );
    }
    const pulled = await installation.service().pull('registry.example/ldf', silent);
    expect(pulled.map(({ origin }) => origin)).toEqual(usualImages.map(() => 'pulled'));
    expect(await installation.states()).toEqual(['ok', 'ok', 'ok', 'ok']);
    await expect(installation.service().pull('registry.example/none', silent)).rejects.toMatchObject({
      code: 'images.pull-failed',
    });
    // The registry's names are gone again.
    expect([...installation.engine.tags.keys()].filter((tag) => !tag.startsWith('ldf/'))).toEqual([]);
  });

  it('are pulled only when their labels say what their names do', async () => {
    const sources = (await hashSources(installation.directory))['kernel-builder'];
    const reference = `registry.example/ldf/kernel-builder:${sources.slice(0, 12)}`;
    for (const labels of [{ 'ldf.image': 'boot-tester', 'ldf.sources': sources }, { 'ldf.image': 'kernel-builder' }]) {
      installation.engine.registry.set(reference, makeImage('pulled', labels));
      await expect(installation.service().pull('registry.example/ldf', silent)).rejects.toThrow(
        /is no stage image kernel-builder/,
      );
      expect([...installation.engine.tags.keys()]).toEqual([]);
    }
  });
});
