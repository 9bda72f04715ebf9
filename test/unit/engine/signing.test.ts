/** Signed images: the private key goes to the one run that signs, and is nowhere else. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KeySets } from '../../../src/keys/key-sets.ts';
import { KeySetRequest } from '../../../src/model/key-set.ts';
import { ended, journalOf, usual, World } from './harness.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const keySets = () => world.dependencies.keys as KeySets;
const signing = { signing: { secureBoot: 'factory' } };

describe('the private key of a signed build', () => {
  it('is written into the stdin of its package stage, and stands in no request, record, journal or log', async () => {
    const { certificate } = await keySets().create(KeySetRequest.parse({ name: 'factory' }));
    const privateKey = await keySets().privateKey(certificate?.sha256 ?? '');
    const engine = await world.start();
    const build = await engine.create(await world.distribution('gw', signing), usual);
    expect(await ended(engine, build)).toMatchObject({ state: 'succeeded' });

    const given = world.runtime.started.map(({ owner, stdin }) => [owner.stage, stdin]);
    expect(given.filter(([, stdin]) => stdin !== undefined)).toEqual([['package', privateKey]]);
    const secretLine = privateKey.split('\n')[5] ?? '';
    expect(secretLine).toHaveLength(64);
    const kept = [
      ...world.runtime.started.map(({ stdin: _, ...spec }) => JSON.stringify(spec)),
      ...[...world.runtime.volumes.values()].flatMap(({ files }) => [...files.values()].map(String)),
      JSON.stringify(await journalOf(engine, build)),
      JSON.stringify(await world.store.wholeStageRuns(build.id)),
      JSON.stringify(await engine.inputs(build.id)),
    ];
    for (const file of await readdir(world.dataDir, { recursive: true, withFileTypes: true }))
      if (file.isFile() && file.name !== 'private-key.pem')
        kept.push(await readFile(join(file.parentPath, file.name), 'latin1'));
    expect(kept.join('\n')).toContain(certificate?.sha256);
    expect(kept.filter((text) => text.includes(secretLine))).toEqual([]);
  });

  it.each([
    [{ modules: 'factory' }, ['compile']],
    [{ modules: 'factory', secureBoot: 'factory' }, ['compile', 'package']],
  ])('goes to those that sign with it alone: %j', async (signing, stages) => {
    const { certificate } = await keySets().create(KeySetRequest.parse({ name: 'factory' }));
    const privateKey = await keySets().privateKey(certificate?.sha256 ?? '');
    const engine = await world.start();
    const build = await engine.create(await world.distribution('gw', { signing }), usual);
    expect(await ended(engine, build)).toMatchObject({ state: 'succeeded' });
    const given = world.runtime.started.filter(({ stdin }) => stdin !== undefined);
    expect(given.map(({ owner, stdin }) => [owner.stage, stdin])).toEqual(stages.map((stage) => [stage, privateKey]));
  });

  it('has to be there', async () => {
    const engine = await world.start();
    const distribution = await world.distribution('gw', signing);
    await expect(engine.create(distribution, usual)).rejects.toMatchObject({
      code: 'definition.impossible',
      details: [{ pointer: '/signing/secureBoot', message: 'there is no key set factory', value: '"factory"' }],
    });
  });

  it('may be gone by the time it is wanted, which fails the stage', async () => {
    await keySets().create(KeySetRequest.parse({ name: 'factory' }));
    const engine = await world.start({
      keys: {
        list: () => keySets().list(),
        artifactSigner: (name) => keySets().artifactSigner(name),
        privateKey: async (sha256) => {
          await keySets().remove('factory');
          return keySets().privateKey(sha256);
        },
      },
    });
    const build = await engine.create(await world.distribution('gw', signing), usual);
    expect(await ended(engine, build)).toMatchObject({
      state: 'failed',
      error: { stage: 'package', code: 'state.conflict', message: expect.stringContaining('it was deleted') },
    });
  });
});
