/** signing.artifacts: what signs a build where it ends, what is refused before, and what of it a verification leaves out. */
import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BuildService } from '../../../src/engine/service.ts';
import type { KeySets } from '../../../src/keys/key-sets.ts';
import type { Artifact } from '../../../src/model/artifact.ts';
import { KeySetRequest } from '../../../src/model/key-set.ts';
import { readEnvelope } from '../../../src/signatures/dsse.ts';
import { isSignedBy, readPublicKey, readSignature } from '../../../src/signatures/minisign.ts';
import { ended, journalOf, usual, World } from './harness.ts';

let world: World;
let engine: BuildService;
beforeEach(async () => {
  world = await World.open();
  engine = await world.start();
});
afterEach(() => world.close());

const keySets = () => world.dependencies.keys as KeySets;
const signing = { signing: { artifacts: 'factory' } };
const secrets = { system: { users: [{ name: 'ann', passwordHash: '$6$salt$secretsecretsecret' }] } };

const bytes = async ({ sha256 }: Artifact) => {
  const chunks: Buffer[] = [];
  for await (const chunk of await world.dependencies.artifacts.read(sha256)) chunks.push(chunk);
  return Buffer.concat(chunks);
};
const isSignature = ({ kind }: Artifact) => kind === 'signature';

async function signedBuild(more: object = {}) {
  const { artifactKey } = await keySets().create(KeySetRequest.parse({ name: 'factory' }));
  const key = readPublicKey(artifactKey?.publicKey ?? '');
  const build = await ended(
    engine,
    await engine.create(await world.distribution('gw', { ...signing, ...more }), usual),
  );
  expect(build).toMatchObject({ state: 'succeeded' });
  return { build, key };
}

describe('a build whose artifacts are signed', () => {
  it('has a signature of each, and a signed statement on all of them', async () => {
    const { build, key } = await signedBuild(secrets);
    const made = build.artifacts.filter((artifact) => !isSignature(artifact));
    const signatures = build.artifacts.filter(isSignature);
    expect(made.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['image', 'document', 'recording']));
    const statementName = 'gw-1-x86_64.intoto.json';
    const bundleName = 'gw-1-x86_64.sigstore.json';
    expect(signatures.map(({ name }) => name).sort()).toEqual(
      [...made.map(({ name }) => `${name}.minisig`), statementName, bundleName].sort(),
    );
    for (const artifact of made) {
      const signature = signatures.find(({ name }) => name === `${artifact.name}.minisig`);
      const found = readSignature(signature ? String(await bytes(signature)) : '');
      const blake2b = createHash('blake2b512')
        .update(await bytes(artifact))
        .digest();
      expect(found && isSignedBy(found, key, blake2b), artifact.name).toBe(true);
      expect(found?.comment).toMatch(new RegExp(`^timestamp:\\d+\\tfile:${artifact.name.replaceAll('.', '\\.')}\\t`));
    }

    const provenance = signatures.find(({ name }) => name === statementName);
    const envelope = readEnvelope(provenance ? String(await bytes(provenance)) : '');
    expect(envelope.isSignedBy(key.publicKey)).toBe(true);
    const { subject, predicate } = JSON.parse(envelope.payload.toString());
    expect(subject).toEqual(
      made.map(({ name, sha256, sizeBytes }) => ({ name, digest: { sha256 }, annotations: { sizeBytes } })),
    );
    const { externalParameters, internalParameters, resolvedDependencies } = predicate.buildDefinition;
    expect(externalParameters.definition).toMatchObject({
      ...{ name: 'gw', arch: 'x86_64' },
      system: { users: [{ name: 'ann', passwordHash: '(not shown)' }] },
    });
    expect(envelope.payload.toString()).not.toContain('secretsecret');
    expect(Object.keys(internalParameters.catalog)).toContain('init/systemd');
    const stages = build.stages.map(({ name: stage, key }) => ({ stage, key, stageImage: expect.any(String) }));
    expect(internalParameters.stages).toEqual(stages);
    expect(resolvedDependencies.length).toBeGreaterThan(0);
    expect(resolvedDependencies[0]).toEqual({
      ...{ name: expect.any(String), uri: expect.any(String) },
      digest: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(predicate.runDetails).toMatchObject({
      builder: { id: 'urn:ldf:installation:test' },
      metadata: { invocationId: build.id, startedOn: build.startedAt },
    });
  });

  it('has its private key in the key set alone', async () => {
    const { build } = await signedBuild();
    const pem = await readFile(join(world.dataDir, 'keys', 'factory', 'artifact-key.pem'), 'utf8');
    const secret = pem.split('\n')[1] ?? '';
    expect(secret).toHaveLength(64);
    const kept = [
      ...world.runtime.started.map((spec) => JSON.stringify(spec)),
      ...[...world.runtime.volumes.values()].flatMap(({ files }) => [...files.values()].map(String)),
      JSON.stringify(await journalOf(engine, build)),
      JSON.stringify(await world.store.wholeStageRuns(build.id)),
    ];
    for (const file of await readdir(world.dataDir, { recursive: true, withFileTypes: true }))
      if (file.isFile() && file.name !== 'artifact-key.pem')
        kept.push(await readFile(join(file.parentPath, file.name), 'latin1'));
    expect(kept.join('\n')).toContain(build.id);
    expect(kept.filter((one) => one.includes(secret))).toEqual([]);
  });

  it('is the same to whoever verifies it, even without the key', async () => {
    const { build } = await signedBuild();
    await keySets().remove('factory');
    const verification = await ended(engine, await engine.verify(build.id));
    expect(verification).toMatchObject({ state: 'succeeded', error: null });
    expect(verification.artifacts.filter(isSignature)).toEqual([]);
    const { reproducible } = (await engine.get(build.id)) ?? {};
    expect(reproducible?.state).toBe('same');
    expect(reproducible?.artifacts.map(({ name }) => name)).not.toContainEqual(expect.stringMatching(/minisig|intoto/));
  });

  it('loses its signatures when it starts again, and fails where the key is gone by the end', async () => {
    const { build } = await signedBuild();
    const contents = new Set(build.artifacts.filter(isSignature).map(({ sha256 }) => sha256));
    await keySets().remove('factory');
    await engine.retry(build.id, 'package');
    const again = await ended(engine, build);
    expect(again).toMatchObject({
      state: 'failed',
      error: { code: 'state.conflict', stage: null, message: expect.stringContaining('factory was deleted') },
    });
    expect(again.artifacts.filter(isSignature)).toEqual([]);
    expect((await world.dependencies.artifacts.contents()).filter((sha256) => contents.has(sha256))).toEqual([]);
    await keySets().create(KeySetRequest.parse({ name: 'factory' }));
    await engine.retry(build.id);
    const signed = await ended(engine, build);
    expect(signed).toMatchObject({ state: 'succeeded' });
    expect(signed.artifacts.filter(isSignature).length).toBe(contents.size);
  });
});

describe('before anything runs it is refused', () => {
  const refusal = async (message: string, hint: string) => {
    await expect(engine.create(await world.distribution('gw', signing), usual)).rejects.toMatchObject({
      code: 'definition.impossible',
      details: [{ pointer: '/signing/artifacts', message, value: '"factory"', hint }],
    });
  };

  it('that there is no such key set', () =>
    refusal('there is no key set factory', 'There is none yet; make it: ldf keys create factory'));

  it('that it has no key for artifacts', async () => {
    await keySets().create(KeySetRequest.parse({ name: 'factory' }));
    await rm(join(world.dataDir, 'keys', 'factory', 'artifact-key.pem'));
    await refusal(
      'the key set factory has no key for artifacts here',
      'Add one to it: ldf keys add-artifact-key factory',
    );
  });

  it('together with what else is wrong', async () => {
    const definition = { ...signing, init: 'nosuch' };
    await expect(engine.create(await world.distribution('gw', definition), usual)).rejects.toMatchObject({
      details: expect.arrayContaining([
        expect.objectContaining({ pointer: '/init' }),
        expect.objectContaining({ pointer: '/signing/artifacts' }),
      ]),
    });
  });
});

it('what is not asked for is not signed', async () => {
  const build = await ended(engine, await engine.create(await world.distribution(), usual));
  expect(build.artifacts.filter(isSignature)).toEqual([]);
  expect(await text(await world.dependencies.artifacts.read(build.artifacts[0]?.sha256 ?? ''))).not.toBe('');
});
