/** `ldf build`, from the file to what it leaves. */
import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LdfError } from '../../../src/errors.ts';
import { resultOf } from '../../fixtures/cli-result.ts';
import type { ApiWorldOptions } from '../../fixtures/engine/api-world.ts';
import { CliWorld, definition, endless, packaging } from './cli-world.ts';
import { resolvingPackages } from './lock-results.ts';

let world: CliWorld;

async function open(options: ApiWorldOptions = {}): Promise<void> {
  world = await CliWorld.open(options);
}
afterEach(() => world.close());

const content = 'boot sector'.padEnd(512 << 10, '\0');
const sha256 = createHash('sha256').update(content).digest('hex');

describe('ldf build', () => {
  beforeEach(() => open());

  it('applies the file with its lock, builds, and leaves the artifacts, build.json and the lock', async () => {
    world.runtime.script('package', packaging(content));
    expect(await world.ldf('build', '-f', 'distro.yaml', '--wait')).toBe(0);
    const { distributionId } = await world.newest();
    await world.api.store.deleteDistribution(distributionId ?? '');
    // Written otherwise than LDF writes it.
    const lock = await world.json('distro.lock');
    await writeFile(world.file('distro.lock'), JSON.stringify(lock));
    world.server.requests.length = 0;
    world.freshTerminal();

    expect(await world.ldf('build', '-f', 'distro.yaml', '--output', 'out/images')).toBe(0);
    expect(world.server.changes).toEqual(['POST /v1/distributions', 'POST /v1/distributions/*/build']);
    expect(world.server.lastTo('POST', '/v1/distributions')?.body).toEqual({ definition, lock });
    const done = await world.newest();
    const names = done.artifacts.map(({ name }) => name);
    expect(names).toContain('edge.raw');
    expect((await readdir(world.file('out/images'))).sort()).toEqual([...names, 'build.json'].sort());
    expect(await readFile(world.file('out/images/edge.raw'), 'utf8')).toBe(content);
    expect((await stat(world.file('out/images/edge.raw'))).blocks * 512).toBeLessThan(64 << 10);
    expect(await world.json('out/images/build.json')).toEqual(done);
    expect(world.terminal.out()).toContain(
      `out/images/edge.raw\n  format  raw, 512.0 KiB\n  sha256  ${sha256}\n  boot    booted in`,
    );
    // The lock said the same before: it is not touched.
    expect(await readFile(world.file('distro.lock'), 'utf8')).toBe(JSON.stringify(lock));
  });

  it('writes a lock that was made, and updates a distribution that is there', async () => {
    const { id } = await world.distribution();
    expect(await world.ldf('build', '-f', 'distro.yaml', '--wait')).toBe(0);
    expect(world.server.changes[0]).toBe('PUT /v1/distributions/*');
    expect(await world.json('distro.lock')).toEqual((await world.api.store.getLocks(id)).x86_64);
    expect(world.terminal.err()).toContain('Wrote distro.lock');
    expect(world.terminal.err()).not.toContain('Note:');
  });

  it('tells what the packages of a new lock recommend', async () => {
    await writeFile(world.file('distro.yaml'), 'name: edge\narch: x86_64\nuserland: { packages: [docker.io] }\n');
    const leftOut = [{ name: 'docker-cli', by: 'docker.io', tool: true }];
    world.runtime.script(
      'resolve',
      resolvingPackages((found) => ({ ...found, leftOut })),
    );
    expect(await world.ldf('build', '-f', 'distro.yaml', '--wait')).toBe(0);
    expect(world.terminal.err()).toContain('Note: docker.io only recommends its command line, docker-cli');
  });

  it('prints one JSON document on stdout and progress on stderr', async () => {
    expect(await world.ldf('build', '-f', 'distro.yaml', '--wait', '--json')).toBe(0);
    expect(resultOf(world.terminal.out())).toEqual(await world.newest());
    expect(world.terminal.err()).toMatch(/^resolve: done/m);
  });

  it('says why it failed and what comes next, and ends with 1', async () => {
    world.runtime.script('resolve', async (stage) => {
      stage.log('E: Unable to locate package nosuch', { stream: 'stderr' });
      return stage.fail({ code: 'package.unknown', message: 'No package nosuch.', hint: 'Check it.' });
    });
    expect(await world.ldf('build', '-f', 'distro.yaml', '--wait')).toBe(1);
    const { id } = await world.newest();
    expect(world.terminal.err()).toContain(
      'error: No package nosuch.\nhint: Check it.\n\nLast lines of resolve:\n  │ E: Unable to locate package nosuch\n',
    );
    expect(world.terminal.err()).toContain(`ldf logs ${id} --stage resolve`);
    expect(world.terminal.err()).toContain(`ldf retry ${id}`);
  });

  it('takes a lost connection up again without losing or repeating a line', async () => {
    world.server.cutAfter = 2;
    expect(await world.ldf('build', '-f', 'distro.yaml', '--wait')).toBe(0);
    expect(world.server.requests.filter(({ path }) => path.endsWith('/events')).length).toBeGreaterThan(1);
    for (const said of [/^resolve: started/gm, /^resolve: done/gm, /^boot: done/gm])
      expect(world.terminal.err().match(said)).toHaveLength(1);
  });

  it('keeps a damaged download from appearing', async () => {
    world.server.answers.set('GET /v1/artifacts/*/content', () => new Response('something else'));
    expect(await world.ldf('build', '-f', 'distro.yaml', '--output', 'out')).toBe(1);
    expect(await readdir(world.file('out'))).toEqual([]);
    expect(world.terminal.err()).toContain('arrived damaged');
  });
});

describe('ldf build, before anything is built', () => {
  beforeEach(() => open({ idle: true }));

  it('passes every wish on', async () => {
    await world.distribution();
    const machine = await world.runtime.info();
    vi.spyOn(world.runtime, 'info').mockResolvedValue({ ...machine, architecture: 'aarch64' });
    const formats = ['--format', 'raw', '--format', 'qcow2'];
    const words = ['--arch', 'aarch64', ...formats, '--no-boot', '--no-cache', '--priority', '-5'];
    expect(await world.ldf('build', 'edge', ...words, '--idempotency-key', 'k1')).toBe(0);
    const request = world.server.lastTo('POST', '/build');
    const wishes = { arch: 'aarch64', formats: ['raw', 'qcow2'], boot: false, noCache: true, priority: -5 };
    expect(request?.body).toEqual(wishes);
    expect(request?.headers.get('idempotency-key')).toBe('k1');
    expect(await world.newest()).toMatchObject({ arch: 'aarch64', formats: ['raw', 'qcow2'], state: 'queued' });
    vi.restoreAllMocks();
  });

  it('says nothing that was not wished', async () => {
    await world.distribution();
    expect(await world.ldf('build', 'edge')).toBe(0);
    expect(world.server.lastTo('POST', '/build')?.body).toEqual({ boot: true, noCache: false, priority: 0 });
  });

  it('does not wait where a server continues without it, and says how to follow', async () => {
    await world.distribution();
    expect(await world.ldf('build', 'edge')).toBe(0);
    expect(world.terminal.out()).toContain(`ldf logs ${(await world.newest()).id} -f`);
  });

  it('builds stage images that are missing first', async () => {
    await world.distribution();
    world.api.images.wrong.set('boot-tester', 'missing');
    expect(await world.ldf('build', 'edge')).toBe(0);
    expect(world.server.changes).toEqual([
      'POST /v1/distributions/validate',
      'POST /v1/stage-images/build',
      'POST /v1/distributions/*/build',
    ]);
    expect(world.terminal.err()).toContain('boot-tester: step 1 of 2: RUN apt-get install');
  });

  it('refuses a wrong definition with 2, before it asks any server', async () => {
    await writeFile(world.file('distro.yaml'), 'name: edge\narch: x86_64\nkernel: { version: 6.12 }\n');
    expect(await world.ldf('build', '-f', 'distro.yaml')).toBe(2);
    expect(world.terminal.err()).toContain(
      '  /kernel/version: line 3: must be a string (6.12) — Put it in quotes: "6.12".',
    );
    expect(world.server.requests).toEqual([]);
  });

  it('leads what the server finds impossible back to the line', async () => {
    const details = [{ pointer: '/arch', message: 'has no kernel' }];
    world.api.toEngine.failNext('plan', new LdfError('definition.impossible', 'It cannot be built.', { details }));
    expect(await world.ldf('build', '-f', 'distro.yaml')).toBe(2);
    expect(world.terminal.err()).toBe('error: distro.yaml: It cannot be built.\n  /arch: line 3: has no kernel\n');
  });

  it('refuses a folder that cannot be written to', async () => {
    expect(await world.ldf('build', '-f', 'distro.yaml', '--output', 'distro.yaml')).toBe(2);
    expect(world.terminal.err()).toContain('The folder distro.yaml cannot be written to: file already exists.');
    expect(world.server.changes).not.toContain('POST /v1/distributions/*/build');
  });
});

describe('Ctrl-C', () => {
  beforeEach(() => open());

  /** Resolves when the command has told that the compile stage has begun. */
  const told = () => expect.poll(() => world.terminal.err()).toContain('compile: started');

  it('cancels the build, waits for its end, and ends with 3', async () => {
    world.runtime.script('compile', async (stage) => {
      await told();
      world.clock.passSeconds(8);
      world.terminal.signals.emit('SIGINT');
      return endless(stage);
    });
    expect(await world.ldf('build', '-f', 'distro.yaml', '--wait')).toBe(3);
    const { id } = await world.newest();
    expect(world.terminal.err()).toContain(`Cancelling build ${id}; Ctrl-C again leaves at once.`);
    expect(world.terminal.err()).toContain('To leave a build running, use Ctrl-\\ instead.');
    expect(world.terminal.err()).toContain('cancelled after 8.0s');
    expect(world.terminal.signals.listenerCount('SIGINT')).toBe(0);
  });

  it('leaves at once the second time, and says how to take the build up', async () => {
    let saidAfterTwo = '';
    world.server.answers.set('POST /v1/builds/*/cancel', () => new Promise(() => undefined));
    world.runtime.script('compile', async (stage) => {
      await told();
      const { terminal } = world;
      terminal.signals.emit('SIGINT');
      // Passed on by npm: the same Ctrl-C.
      terminal.signals.emit('SIGINT');
      saidAfterTwo = terminal.err();
      terminal.nowMs += 1_000;
      terminal.signals.emit('SIGTERM');
      return endless(stage);
    });
    const left = new Promise<number>((resolve) => {
      world.terminal.leave = resolve;
    });
    const running = world.ldf('build', '-f', 'distro.yaml', '--wait');
    expect(await left).toBe(3);
    expect(saidAfterTwo).toContain('Ctrl-C again leaves at once.');
    expect(saidAfterTwo).not.toContain('Left before');
    const { id, state } = await world.newest();
    expect(state).toBe('running');
    expect(world.terminal.err()).toContain(`Left before build ${id} had ended.`);
    expect(world.terminal.err()).toContain(`ldf logs ${id} -f`);
    await world.api.engine.cancel(id);
    await running;
  });

  it('ends a command that has nothing to cancel, quietly and with 3', async () => {
    world.runtime.script('compile', async (stage) => {
      stage.log('CC init/main.o');
      return endless(stage);
    });
    const { id } = await world.api.queued();
    const following = world.ldf('logs', id, '-f');
    await expect.poll(() => world.terminal.out()).toContain('CC init/main.o');
    world.terminal.signals.emit('SIGINT');
    expect(await following).toBe(3);
    expect(world.terminal.err()).toBe('');
    expect(world.server.changes).toEqual([]);
  });

  it('with a backslash leaves the build running, and says how to follow it', async () => {
    world.runtime.script('compile', async (stage) => {
      await told();
      world.terminal.signals.emit('SIGQUIT');
      return endless(stage);
    });
    const left = new Promise<number>((resolve) => {
      world.terminal.leave = resolve;
    });
    const running = world.ldf('build', '-f', 'distro.yaml', '--wait');
    expect(await left).toBe(3);
    const { id, state } = await world.newest();
    expect(state).toBe('running');
    expect(world.terminal.err()).toContain(`Left before build ${id} had ended. Follow it with:`);
    expect(world.server.changes).not.toContain('POST /v1/builds/*/cancel');
    await world.api.engine.cancel(id);
    await running;
    expect(world.terminal.signals.listenerCount('SIGQUIT')).toBe(0);
  });

  it('leaves neither a lock of before nor a build.json beside a definition that was not built', async () => {
    expect(await world.ldf('build', '-f', 'distro.yaml', '--wait')).toBe(0);
    await rm(world.file('distro.lock'));
    await writeFile(world.file('distro.yaml'), 'name: edge\narch: x86_64\nuserland: { packages: [jq] }\n');
    world.runtime.script('resolve', async (stage) => {
      world.terminal.signals.emit('SIGINT');
      return endless(stage);
    });
    expect(await world.ldf('build', '-f', 'distro.yaml', '--output', 'out')).toBe(3);
    expect(await readdir(world.folder)).not.toContain('distro.lock');
    expect(await readdir(world.file('out'))).toEqual([]);
  });

  it('cancels a build that is only being asked for', async () => {
    world.runtime.script('resolve', endless);
    world.server.answers.set('POST /v1/distributions/*/build', () => {
      world.terminal.signals.emit('SIGINT');
    });
    expect(await world.ldf('build', '-f', 'distro.yaml', '--wait')).toBe(3);
    expect(world.server.changes).toContain('POST /v1/builds/*/cancel');
    expect(await world.newest()).toMatchObject({ state: 'cancelled' });
  });
});
