/** Commands about builds that there are, and those beside building. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import * as tar from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultScripts } from '../../../src/runtime/fake/fake-stage.ts';
import { errorOf, resultOf } from '../../fixtures/cli-result.ts';
import { ended, Gate, reaches, usual } from '../engine/harness.ts';
import { CliWorld, definition, endless, packaging } from './cli-world.ts';
import { resolvingPackages } from './lock-results.ts';

let world: CliWorld;

beforeEach(async () => {
  world = await CliWorld.open();
});
afterEach(() => world.close());

describe('ldf cancel', () => {
  it('waits for the end when told to, and calls it done', async () => {
    world.runtime.script('compile', endless);
    const build = await world.api.queued('edge');
    await reaches(world.api.engine, build, 'compile', 'running');
    world.clock.passSeconds(5);
    expect(await world.ldf('cancel', build.id, '--wait')).toBe(0);
    expect(world.terminal.err()).toContain('cancelled after 5.0s');
  });
});

describe('ldf retry', () => {
  it('names the stage and follows from where the journal was', async () => {
    const { id } = await world.built();
    world.runtime.script('package', async (stage) => {
      world.clock.passSeconds(59);
      return defaultScripts.package(stage);
    });
    expect(await world.ldf('retry', id, '--stage', 'package', '--wait')).toBe(0);
    expect(world.server.lastTo('POST', '/retry')?.body).toEqual({ stage: 'package' });
    expect(world.terminal.err()).toContain('package: started (attempt 2)');
    expect(world.terminal.err()).not.toContain('resolve:');
    expect(world.terminal.err()).toContain('succeeded in 59s');
  });
});

describe('ldf why', () => {
  it('tells of each attempt why it ran, with every difference', async () => {
    const before = await world.built();
    const changed = await world.api.store.updateDistribution(before.distributionId ?? '', {
      ...definition,
      definition: { ...definition, userland: { packages: ['jq'] } },
    });
    world.runtime.script('assemble', async (stage) => {
      world.clock.passSeconds(2);
      return stage.fail({ code: 'x', message: 'no' });
    });
    const build = await world.api.engine.create(changed, usual);
    await ended(world.api.engine, build);
    const assembling = new Gate();
    world.runtime.script('assemble', (stage) => {
      assembling.open();
      return endless(stage);
    });
    await world.api.engine.retry(build.id);
    await assembling.opened;

    expect(await world.ldf('why', build.id)).toBe(0);
    const out = world.terminal.out();
    expect(out).toContain(`✓ prepare: cached\n  reused from build ${before.id}\n`);
    expect(out).toContain(
      `✗ assemble: failed after 2.0s\n  packages.jq: none→1.0\n  compared with attempt 1 of build ${before.id}:\n` +
        '    packages.jq: none → 1.0\n  no (exit 1)\n● assemble, attempt 2: running\n  attempt 1 failed (x)\n',
    );
    world.freshTerminal();
    expect(await world.ldf('why', build.id, 'assemble', '--json')).toBe(0);
    const items = (await world.api.engine.attempts(build.id)).filter(({ name }) => name === 'assemble');
    expect(resultOf(world.terminal.out())).toEqual({ build: build.id, items });
    expect(await world.ldf('why', build.id, 'link')).toBe(2);
  });
});

describe('ldf verify', () => {
  it('waits for the verification, and shows what it found of the build', async () => {
    world.runtime.script('package', packaging('boot sector'));
    const { id, artifacts } = await world.built();
    const { sha256 } = artifacts.find(({ name }) => name === 'edge.raw') ?? {};
    expect(await world.ldf('verify', id)).toBe(0);
    const first = await world.newest();
    expect(first.verifies).toBe(id);
    expect(world.terminal.out()).toBe(
      `reproducible: build ${first.id} made the same bytes from nothing\n  ✓  edge.raw  sha256 ${sha256}\n`,
    );
    world.freshTerminal();
    expect(await world.ldf('verify', id, '--no-wait')).toBe(0);
    const second = await world.newest();
    expect(world.terminal.out()).toContain(`Build ${second.id} verifies build ${id}.`);
    await ended(world.api.engine, second);
  });

  it('ends with 1 where other bytes come of it, and names the first that differ', async () => {
    let made = 0;
    world.runtime.script('assemble', async (stage) => {
      made += 1;
      const archive = tar.pack();
      archive.entry({ name: 'etc/motd', mtime: new Date(0) }, `hello ${made}\n`);
      archive.finalize();
      const files = { 'rootfs.tar': await text(archive) };
      return stage.succeed<'assemble'>({ rootfs: 'rootfs.tar', contentBytes: 1, files: 1 }, files);
    });
    world.runtime.script('package', async (stage) =>
      packaging(`sector ${stage.read('/ldf/in/assemble', 'rootfs.tar').length + made}`)(stage),
    );
    const { id } = await world.built();
    expect(await world.ldf('verify', id, '--json')).toBe(1);
    const verified = await world.api.engine.get(id);
    expect(verified?.reproducible).toMatchObject({ state: 'different' });
    expect(resultOf(world.terminal.out())).toEqual(verified);
    expect(errorOf(world.terminal.out())).toMatchObject({ code: 'build.not-reproducible' });
    expect(world.terminal.err()).toContain(`Not the same as in build ${id}: edge.raw.`);
    expect(world.terminal.err()).toContain(`ldf verify ${id}`);
    expect(world.terminal.err()).not.toContain('ldf retry');
    world.freshTerminal();
    expect(await world.ldf('show', id)).toBe(0);
    expect(world.terminal.out()).toContain(`not reproducible: build ${verified?.reproducible?.by} made other bytes`);
    expect(world.terminal.out()).toContain(
      'first difference: etc/motd in rootfs.tar of stage assemble: contents differ',
    );
  });

  it('ends with 3 when the verification is cancelled, and shows none', async () => {
    const { id } = await world.built();
    world.runtime.script('compile', endless);
    const verifying = world.ldf('verify', id);
    await expect.poll(() => world.terminal.err()).toContain('compile: started');
    await world.api.engine.cancel((await world.newest()).id);
    expect(await verifying).toBe(3);
    expect(world.terminal.out()).toBe('');
  });
});

describe('ldf download', () => {
  it('fetches a build by the name of its distribution, or one artifact by its id', async () => {
    world.runtime.script('package', packaging('boot sector'));
    const { artifacts } = await world.built();
    expect(await world.ldf('download', 'edge', '--output', 'all')).toBe(0);
    const names = artifacts.map(({ name }) => name);
    expect(world.terminal.out().trimEnd().split('\n').sort()).toEqual(
      [...names, 'build.json'].map((name) => `all/${name}`).sort(),
    );
    expect((await readdir(world.file('all'))).sort()).toEqual([...names, 'build.json'].sort());
    const raw = artifacts.find(({ name }) => name === 'edge.raw');
    expect(await world.ldf('download', raw?.id ?? '', '--output', 'one')).toBe(0);
    expect(await readdir(world.file('one'))).toEqual(['edge.raw']);
    expect(await readFile(world.file('one/edge.raw'), 'utf8')).toBe('boot sector');
  });

  it('refuses a name that leads out of the folder', async () => {
    const { id: buildId, artifacts } = await world.built();
    const [raw] = artifacts;
    world.server.answers.set('GET /v1/artifacts/*', () => ({ ...raw, buildId, name: '../edge.raw' }));
    expect(await world.ldf('download', raw?.id ?? '')).toBe(1);
    expect(world.terminal.err()).toContain('"../edge.raw", which is no file name');
  });
});

describe('ldf lock', () => {
  it('shows with --dry-run what would move and writes nothing', async () => {
    await writeFile(world.file('distro.yaml'), 'name: edge\narch: x86_64\nuserland: { packages: [curl] }\n');
    expect(await world.ldf('lock', '-f', 'distro.yaml')).toBe(0);
    const lock = await readFile(world.file('distro.lock'), 'utf8');
    const newer = { version: '1.0-2', sha256: 'f'.repeat(64) };
    world.runtime.script(
      'resolve',
      resolvingPackages((found) => ({
        ...found,
        packages: found.packages.map((one) => (one.name === 'curl' ? { ...one, ...newer } : one)),
        leftOut: [{ name: 'curl-cli', by: 'curl', tool: true }],
      })),
    );
    world.freshTerminal();
    expect(await world.ldf('lock', '-f', 'distro.yaml', '--update', '--dry-run')).toBe(0);
    expect(world.terminal.out()).toMatch(
      /^MOVES {5}NAME {2}FROM {2}TO\npackages {2}curl {2}1\.0 {3}1\.0-2\nNote: curl only recommends its command line, curl-cli, .+\n1 change; distro\.lock was not touched\.\n$/,
    );
    expect((await readdir(world.folder)).sort()).toEqual(['distro.lock', 'distro.yaml']);
    expect(await readFile(world.file('distro.lock'), 'utf8')).toBe(lock);
    expect(await world.ldf('lock', '-f', 'distro.yaml', '--update')).toBe(0);
    expect(JSON.stringify(await world.json('distro.lock'))).toContain('"name":"curl","version":"1.0-2"');
    expect(world.server.requests.at(-1)?.body).toMatchObject({ arch: 'x86_64', update: true });
  });
});

describe('ldf images verify', () => {
  it('ends with 1 when one is not right', async () => {
    expect(await world.ldf('images', 'verify')).toBe(0);
    world.api.images.wrong.set('boot-tester', 'mismatch');
    expect(await world.ldf('images', 'verify')).toBe(1);
    expect(world.terminal.out()).toContain('boot-tester is mismatch; run ldf images build.');
  });
});

describe('ldf schema', () => {
  it('prints JSON Schema', async () => {
    expect(await world.ldf('schema')).toBe(0);
    expect(JSON.parse(world.terminal.out())).toMatchObject({ type: 'object', required: ['name', 'arch'] });
  });
});
