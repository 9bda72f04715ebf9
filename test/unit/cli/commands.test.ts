import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { run } from '../../../src/cli/run.ts';
import type { Build } from '../../../src/model/build.ts';
import type { JournalEntry } from '../../../src/model/journal.ts';
import type { Attempt } from '../../../src/model/stage-run.ts';
import type { Lock } from '../../../src/stages/lock.ts';
import { distribution, type FakeServer, image, Problem, startFakeServer } from './fake-server.ts';
import { artifact, at, build, stageRun, type TestTerminal, testTerminal } from './terminal.ts';

// Whole commands, with sockets and disks, on whatever machine runs the tests.
vi.setConfig({ testTimeout: 30_000 });

let folder: string;
let server: FakeServer;
let terminal: TestTerminal;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-cli-'));
  server = await startFakeServer();
  terminal = testTerminal({ cwd: folder, env: { LDF_SERVER: server.url } });
  await writeFile(join(folder, 'distro.yaml'), 'name: edge\nversion: "1.2"\narch: x86_64\n');
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const ldf = (...words: string[]) => run(words, terminal);
const asked = () =>
  server.requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);

const content = Buffer.alloc(1 << 20);
content.write('boot sector', 0);
const raw = artifact({
  sizeBytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
  verdict: { bootable: true, seconds: 41, console: null },
});
const lock: Lock = { version: 1, arch: 'x86_64' };

/** What the server says once the build has gone through. */
function succeed(): Build {
  server.journal = [
    { type: 'build', at: at(1), state: 'running', error: null },
    { type: 'stage', at: at(1), stage: 'resolve', attempt: 1, state: 'cached', reason: null, error: null },
    { type: 'end', at: at(60), state: 'succeeded' },
  ];
  const done = build({ state: 'succeeded', startedAt: at(1), endedAt: at(60), artifacts: [raw] });
  server.answers.set(`GET /v1/builds/${done.id}`, () => done);
  server.contents.set(raw.id, content);
  return done;
}

describe('ldf build', () => {
  it('applies the file with its lock, builds, and leaves the artifacts, build.json and the lock', async () => {
    const done = succeed();
    await writeFile(join(folder, 'distro.lock'), JSON.stringify(lock));
    expect(await ldf('build', '-f', 'distro.yaml', '--output', 'out/images')).toBe(0);
    expect(asked()).toEqual(['POST /v1/distributions', 'POST /v1/distributions/01DISTRIBUTION/build']);
    expect(server.requests.find(({ path, method }) => method === 'POST' && path === '/v1/distributions')?.body).toEqual(
      {
        definition: { name: 'edge', version: '1.2', arch: 'x86_64' },
        lock,
      },
    );
    const out = join(folder, 'out/images');
    expect((await readdir(out)).sort()).toEqual(['build.json', 'edge.raw']);
    expect((await readFile(join(out, 'edge.raw'))).equals(content)).toBe(true);
    expect((await stat(join(out, 'edge.raw'))).blocks * 512).toBeLessThan(64 << 10);
    expect(JSON.parse(await readFile(join(out, 'build.json'), 'utf8'))).toEqual(done);
    expect(terminal.out()).toContain(
      `out/images/edge.raw\n  format  raw, 1.0 MiB\n  sha256  ${raw.sha256}\n  boot    bootable`,
    );
    // The lock said the same before: it is not touched.
    expect(await readFile(join(folder, 'distro.lock'), 'utf8')).toBe(JSON.stringify(lock));
  });

  it('writes a lock that was made, and updates a distribution that is there', async () => {
    succeed();
    server.distribution = distribution({ locks: { x86_64: lock } });
    expect(await ldf('build', '-f', 'distro.yaml', '--wait')).toBe(0);
    expect(asked()[0]).toBe('PUT /v1/distributions/01DISTRIBUTION');
    expect(JSON.parse(await readFile(join(folder, 'distro.lock'), 'utf8'))).toEqual(lock);
    expect(terminal.err()).toContain('Wrote distro.lock');
    expect(terminal.err()).not.toContain('Note:');
  });

  it('tells what the packages of a new lock recommend', async () => {
    succeed();
    const url = 'http://mirror.example/docker.io.deb';
    const file = { url, filename: 'docker.io.deb', name: 'docker.io', version: '1', arch: 'amd64', sizeBytes: 1 };
    const sha256 = '0'.repeat(64);
    const leftOut = [{ name: 'docker-cli', by: 'docker.io', tool: true }];
    const packages = { wishesSha256: sha256, sourceDate: 1, packages: [{ ...file, sha256 }], leftOut, aptSources: [] };
    server.distribution = distribution({ locks: { x86_64: { ...lock, packages } } });
    expect(await ldf('build', '-f', 'distro.yaml', '--wait')).toBe(0);
    expect(terminal.err()).toContain('Note: docker.io only recommends its command line, docker-cli');
  });

  it('prints one JSON document on stdout and progress on stderr', async () => {
    const done = succeed();
    expect(await ldf('build', '-f', 'distro.yaml', '--wait', '--json')).toBe(0);
    expect(JSON.parse(terminal.out())).toEqual(done);
    expect(terminal.err()).toContain('resolve: cached');
  });

  it('passes every wish on, and leaves out what was not said', async () => {
    server.distribution = distribution();
    const words = [
      '--arch',
      'aarch64',
      '--format',
      'raw',
      '--format',
      'qcow2',
      '--no-boot',
      '--no-cache',
      '--priority',
      '-5',
    ];
    expect(await ldf('build', 'edge', ...words, '--idempotency-key', 'k1')).toBe(0);
    const request = server.requests.at(-1);
    expect(request?.body).toEqual({
      arch: 'aarch64',
      formats: ['raw', 'qcow2'],
      boot: false,
      noCache: true,
      priority: -5,
    });
    expect(request?.headers['idempotency-key']).toBe('k1');
    await ldf('build', 'edge');
    expect(server.requests.at(-1)?.body).toEqual({ boot: true, noCache: false, priority: 0 });
  });

  it('does not wait where a server goes on without it, and says how to follow', async () => {
    server.distribution = distribution();
    expect(await ldf('build', 'edge')).toBe(0);
    expect(terminal.out()).toContain('ldf logs 01BUILD -f');
  });

  it('says why it failed and what comes next, and ends with 1', async () => {
    const error = {
      code: 'stage.failed',
      message: 'No package nosuch.',
      hint: 'Check it.',
      stage: 'resolve' as const,
      details: [],
    };
    server.journal = [
      { type: 'stage', at: at(1), stage: 'resolve', attempt: 1, state: 'running', reason: null, error: null },
      {
        type: 'log',
        at: at(2),
        stage: 'resolve',
        attempt: 1,
        stream: 'stderr',
        text: 'E: Unable to locate package nosuch',
      },
      { type: 'stage', at: at(3), stage: 'resolve', attempt: 1, state: 'failed', reason: null, error },
      { type: 'end', at: at(3), state: 'failed' },
    ];
    server.answers.set('GET /v1/builds/01BUILD', () =>
      build({ state: 'failed', startedAt: at(0), endedAt: at(3), error }),
    );
    expect(await ldf('build', '-f', 'distro.yaml', '--wait')).toBe(1);
    expect(terminal.err()).toContain(
      'error: No package nosuch.\nhint: Check it.\n\nLast lines of resolve:\n  │ E: Unable to locate package nosuch\n',
    );
    expect(terminal.err()).toContain('ldf logs 01BUILD --stage resolve');
    expect(terminal.err()).toContain('ldf retry 01BUILD');
  });

  it('takes a lost connection up again without losing or repeating a line', async () => {
    succeed();
    server.cutAfter = 2;
    expect(await ldf('build', '-f', 'distro.yaml', '--wait')).toBe(0);
    expect(terminal.err().match(/resolve: cached/g)).toHaveLength(1);
  });

  it('builds stage images that are missing first', async () => {
    server.distribution = distribution();
    server.images = [image('boot-tester', 'missing')];
    expect(await ldf('build', 'edge')).toBe(0);
    expect(asked()).toEqual(['POST /v1/stage-images/build', 'POST /v1/distributions/01DISTRIBUTION/build']);
    expect(terminal.err()).toContain('boot-tester: step 1 of 2: RUN apt-get install');
  });

  it('refuses a wrong definition with 2, before it asks any server', async () => {
    await writeFile(join(folder, 'distro.yaml'), 'name: edge\narch: x86_64\nkernel: { version: 6.12 }\n');
    expect(await ldf('build', '-f', 'distro.yaml')).toBe(2);
    expect(terminal.err()).toContain('  /kernel/version: line 3: must be a string (6.12) — Put it in quotes: "6.12".');
    expect(server.requests).toEqual([]);
  });

  it('leads what the server finds impossible back to the line', async () => {
    server.answers.set('POST /v1/distributions', () => {
      throw new Problem(422, 'definition.impossible', 'It cannot be built.', {
        errors: [{ pointer: '/definition/arch', message: 'has no kernel' }],
      });
    });
    expect(await ldf('build', '-f', 'distro.yaml')).toBe(2);
    expect(terminal.err()).toBe('error: distro.yaml: It cannot be built.\n  /arch: line 3: has no kernel\n');
  });

  it('refuses a folder that cannot be written to before anything is built', async () => {
    expect(await ldf('build', '-f', 'distro.yaml', '--output', 'distro.yaml')).toBe(2);
    expect(terminal.err()).toContain('The folder distro.yaml cannot be written to: file already exists.');
    expect(asked()).not.toContain('POST /v1/distributions/01DISTRIBUTION/build');
  });

  it('keeps a damaged download from appearing', async () => {
    succeed();
    server.contents.set(raw.id, Buffer.from('something else'));
    expect(await ldf('build', '-f', 'distro.yaml', '--output', 'out')).toBe(1);
    expect(await readdir(join(folder, 'out'))).toEqual([]);
    expect(terminal.err()).toContain('arrived damaged');
  });
});

describe('Ctrl-C', () => {
  const started: JournalEntry = { type: 'build', at: at(1), state: 'running', error: null };

  it('cancels the build, waits for its end, and ends with 3', async () => {
    server.journal = [started];
    server.onTold = () => terminal.signals.emit('SIGINT');
    server.answers.set('POST /v1/builds/01BUILD/cancel', () => {
      server.onTold = () => undefined;
      server.answers.set('GET /v1/builds/01BUILD', () =>
        build({ state: 'cancelled', startedAt: at(1), endedAt: at(9) }),
      );
      server.tell({ type: 'end', at: at(9), state: 'cancelled' });
      return build({ state: 'running' });
    });
    expect(await ldf('build', '-f', 'distro.yaml', '--wait')).toBe(3);
    expect(terminal.err()).toContain('Cancelling build 01BUILD; Ctrl-C again leaves at once.');
    expect(terminal.err()).toContain('cancelled after 8.0s');
    expect(terminal.signals.listenerCount('SIGINT')).toBe(0);
  });

  it('leaves at once the second time, and says how to take the build up', async () => {
    server.journal = [started];
    server.onTold = () => {
      terminal.signals.emit('SIGINT');
      // Passed on by npm: the same Ctrl-C.
      terminal.signals.emit('SIGINT');
      expect(terminal.err()).not.toContain('Left before');
      terminal.nowMs += 1_000;
      terminal.signals.emit('SIGTERM');
    };
    const left = new Promise<number>((resolve) => {
      terminal.leave = resolve;
    });
    const running = ldf('build', '-f', 'distro.yaml', '--wait');
    expect(await left).toBe(3);
    expect(terminal.err()).toContain('Left before build 01BUILD had ended.');
    expect(terminal.err()).toContain('ldf logs 01BUILD -f');
    server.tell({ type: 'end', at: at(9), state: 'cancelled' });
    await running;
  });

  it('ends a command that has nothing to cancel, quietly and with 3', async () => {
    server.journal = [started];
    server.answers.set('GET /v1/builds/01BUILD', () => build({ state: 'running' }));
    server.onTold = () => terminal.signals.emit('SIGINT');
    expect(await ldf('logs', '01BUILD', '-f')).toBe(3);
    expect(terminal.err()).toBe('');
    expect(asked()).toEqual([]);
  });
});

describe('Ctrl-C while the build is being asked for', () => {
  it('cancels it all the same', async () => {
    server.journal = [{ type: 'end', at: at(2), state: 'cancelled' }];
    server.answers.set('POST /v1/distributions/01DISTRIBUTION/build', () => {
      terminal.signals.emit('SIGINT');
      server.answers.set('GET /v1/builds/01BUILD', () =>
        build({ state: 'cancelled', startedAt: at(1), endedAt: at(2) }),
      );
      return build();
    });
    expect(await ldf('build', '-f', 'distro.yaml', '--wait')).toBe(3);
    expect(asked()).toContain('POST /v1/builds/01BUILD/cancel');
  });
});

describe('usage', () => {
  it.each([
    [['build'], 'Name either a definition file'],
    [['build', 'edge', '-f', 'distro.yaml'], 'Name either a definition file'],
    [['build', 'edge', '--priority', '101'], 'It must be a whole number from -100 to 100.'],
    [['build', 'edge', '--arch', 'mips'], 'Allowed choices are x86_64, aarch64.'],
    [['build', 'edge', '--foramt', 'raw'], 'Did you mean --format?'],
    [['buidl'], 'Did you mean build?'],
    [['validate'], "required option '-f, --file <file>' not specified"],
    [['builds', '--limit', '0'], 'It must be a whole number from 1 to 200.'],
    [['images', 'save', 'kernel-bilder', '--output', 'x'], 'They are: kernel-builder'],
    [['show', '01BUILD', '--server', 'ci:8080'], 'Write it as http://HOST:PORT.'],
    [['build', '-f', 'nosuch.yaml'], 'The definition nosuch.yaml cannot be read: no such file or directory.'],
    [['show', 'nosuch'], 'There is no build and no distribution "nosuch".'],
    [[], 'Usage: ldf'],
  ])('%j ends with 2 and says what is wrong', async (words, expected) => {
    expect(await ldf(...words)).toBe(2);
    expect(terminal.err()).toContain(expected);
    expect(terminal.out()).toBe('');
  });

  it('help is no error', async () => {
    expect(await ldf('--help')).toBe(0);
    expect(terminal.out()).toContain('From a definition:\n  init');
    expect(terminal.out()).toContain('4  the server does not answer');
    expect(await ldf('serve', '--help')).toBe(0);
    expect(terminal.out()).toContain('LDF_STAGE_TIMEOUT_COMPILE');
  });

  it('ends with 4 when the server does not answer', async () => {
    const gone = await startFakeServer();
    await gone.close();
    expect(await ldf('builds', '--server', gone.url)).toBe(4);
    expect(terminal.err()).toContain('does not answer');
  });
});

describe('the server of a command', () => {
  it('is one that runs on the data folder', async () => {
    await writeFile(
      join(folder, 'server.json'),
      JSON.stringify({ url: server.url, pid: process.pid, startedAt: at(0), temporary: false }),
    );
    terminal = testTerminal({ cwd: folder, env: { LDF_DATA_DIR: folder } });
    expect(await ldf('builds')).toBe(0);
    expect(terminal.out()).toContain('01BUILD  edge 1.2');
  });

  it('is waited for when it is temporary, and replaced by the next when it goes', async () => {
    const notice = (url: string) =>
      writeFile(join(folder, 'server.json'), JSON.stringify({ url, pid: process.pid, temporary: true }));
    const first = await startFakeServer();
    first.distribution = distribution();
    first.journal = [{ type: 'build', at: at(1), state: 'running', error: null }];
    succeed();
    server.distribution = distribution();
    await notice(first.url);
    first.onTold = () => {
      first.onTold = () => undefined;
      void notice(server.url).then(() => first.close());
    };
    terminal = testTerminal({ cwd: folder, env: { LDF_DATA_DIR: folder } });
    expect(await ldf('build', 'edge')).toBe(0);
    expect(terminal.err()).toContain('✓ edge 1.2 (x86_64) succeeded in 59s');
  });
});

describe('other commands', () => {
  it('ldf cancel waits for the end when told to, and calls it done', async () => {
    const running = build({ state: 'running', startedAt: at(0) });
    let state: Build = running;
    server.answers.set('GET /v1/builds/01BUILD', () => state);
    server.journal = [{ type: 'end', at: at(5), state: 'cancelled' }];
    server.answers.set('POST /v1/builds/01BUILD/cancel', () => {
      state = build({ state: 'cancelled', startedAt: at(0), endedAt: at(5) });
      return running;
    });
    expect(await ldf('cancel', '01BUILD', '--wait')).toBe(0);
    expect(terminal.err()).toContain('cancelled after 5.0s');
  });

  it('ldf retry names the stage and follows from where the journal was', async () => {
    succeed();
    server.answers.set('GET /v1/builds/01BUILD/logs', () => ({ items: [], next: 2 }));
    expect(await ldf('retry', '01BUILD', '--stage', 'package', '--wait')).toBe(0);
    const retry = server.requests.find(({ path }) => path.endsWith('/retry'));
    expect(retry?.body).toEqual({ stage: 'package' });
    expect(terminal.err()).not.toContain('resolve: cached');
    expect(terminal.err()).toContain('succeeded in 59s');
  });

  it('ldf why tells of each attempt why it ran, with every difference', async () => {
    const more = { forced: false, exitCode: null, compared: null };
    const error = { code: 'x', message: 'no', hint: null, stage: 'assemble' as const, details: [] };
    const items: Attempt[] = [
      { ...stageRun('prepare', { state: 'cached', reason: 'unchanged since build 00' }), ...more },
      {
        ...stageRun('assemble', { state: 'failed', reason: 'packages.jq: none→1', startedAt: at(0), endedAt: at(2) }),
        ...{ ...more, error, exitCode: 1 },
        compared: { build: '00', attempt: 3, differences: [{ what: 'packages.jq', before: null, after: '1' }] },
      },
      { ...stageRun('assemble', { attempt: 2, state: 'running', reason: 'attempt 1 failed (x)' }), ...more },
    ];
    server.answers.set('GET /v1/builds/01BUILD/attempts', () => ({ items }));
    expect(await ldf('why', '01BUILD')).toBe(0);
    expect(terminal.out().split('\n')).toEqual([
      '✓ prepare: cached',
      '  unchanged since build 00',
      '✗ assemble: failed after 2.0s',
      '  packages.jq: none→1',
      '  compared with attempt 3 of build 00:',
      '    packages.jq: none → 1',
      '  no (exit 1)',
      '● assemble, attempt 2: running',
      '  attempt 1 failed (x)',
      '',
    ]);
    terminal = testTerminal({ cwd: folder, env: { LDF_SERVER: server.url } });
    expect(await ldf('why', '01BUILD', 'assemble', '--json')).toBe(0);
    expect(JSON.parse(terminal.out())).toEqual({ build: '01BUILD', items });
    expect(await ldf('why', '01BUILD', 'link')).toBe(2);
  });

  it('ldf verify waits for the verification, and shows what it found of the build', async () => {
    const again = { name: 'edge.raw', sha256: raw.sha256, again: raw.sha256, same: true, firstDifferentByte: null };
    const same = {
      state: 'same' as const,
      at: at(60),
      by: '01VERIFICATION',
      artifacts: [again],
      firstDifference: null,
    };
    let verified = build({ state: 'succeeded', reproducible: same });
    let verification = build({ id: '01VERIFICATION', verifies: '01BUILD' });
    const end = (state: 'succeeded' | 'failed' | 'cancelled', error: Build['error'] = null) => {
      server.answers.set('POST /v1/builds/01BUILD/verify', () => verification);
      server.answers.set('GET /v1/builds/01BUILD', () => verified);
      server.build = { ...verification, state, error, startedAt: at(1), endedAt: at(60) };
      server.journal = [{ type: 'end', at: at(60), state }];
      terminal = testTerminal({ cwd: folder, env: { LDF_SERVER: server.url } });
    };
    end('succeeded');
    expect(await ldf('verify', '01BUILD')).toBe(0);
    expect(terminal.out()).toBe(
      `reproducible: build 01VERIFICATION made the same bytes from nothing\n  ✓  edge.raw  sha256 ${raw.sha256}\n`,
    );
    expect(await ldf('verify', '01BUILD', '--no-wait')).toBe(0);
    expect(terminal.out()).toContain('Build 01VERIFICATION verifies build 01BUILD.');

    const firstDifference = {
      stage: 'assemble' as const,
      path: 'rootfs.tar',
      member: 'etc/motd',
      how: 'contents differ',
    };
    const other = { ...again, again: 'b'.repeat(64), same: false, firstDifferentByte: 512 };
    verified = { ...verified, reproducible: { ...same, state: 'different', artifacts: [other], firstDifference } };
    const message = 'Not the same as in build 01BUILD: edge.raw.';
    end('failed', { code: 'build.not-reproducible', message, hint: null, stage: null, details: [] });
    expect(await ldf('verify', '01BUILD', '--json')).toBe(1);
    expect(JSON.parse(terminal.out())).toEqual(verified);
    expect(terminal.err()).toContain(message);
    expect(terminal.err()).toContain('ldf verify 01BUILD');
    expect(terminal.err()).not.toContain('ldf retry');
    expect(await ldf('show', '01BUILD')).toBe(0);
    expect(terminal.out()).toContain('not reproducible: build 01VERIFICATION made other bytes');
    expect(terminal.out()).toContain('first difference: etc/motd in rootfs.tar of stage assemble: contents differ');

    verification = { ...verification, id: '01ANOTHER' };
    end('cancelled');
    expect(await ldf('verify', '01BUILD')).toBe(3);
    expect(terminal.out()).toBe('');
  });

  it('ldf download fetches a build by the name of its distribution, or one artifact by its id', async () => {
    const done = succeed();
    server.distribution = distribution({
      lastBuild: { id: done.id, state: done.state, createdAt: done.createdAt, verdict: null, images: [] },
    });
    expect(await ldf('download', 'edge', '--output', 'all')).toBe(0);
    expect(terminal.out()).toBe('all/edge.raw\nall/build.json\n');
    server.answers.set('GET /v1/artifacts/01ARTIFACT', () => raw);
    expect(await ldf('download', '01ARTIFACT', '--output', 'one')).toBe(0);
    expect(await readdir(join(folder, 'one'))).toEqual(['edge.raw']);
  });

  it('ldf download refuses a name that leads out of the folder', async () => {
    server.answers.set('GET /v1/artifacts/01ARTIFACT', () => ({ ...raw, name: '../edge.raw' }));
    expect(await ldf('download', '01ARTIFACT')).toBe(1);
    expect(terminal.err()).toContain('"../edge.raw", which is no file name');
  });

  it('ldf lock --dry-run shows what would move and writes nothing', async () => {
    const changes = [{ group: 'packages', name: 'curl', from: '8.14.1-1', to: '8.14.1-2' }];
    const notes = ['curl only recommends its command line.'];
    server.answers.set('POST /v1/distributions/lock', () => ({ lock, changes, notes, stored: false }));
    expect(await ldf('lock', '-f', 'distro.yaml', '--update', '--dry-run')).toBe(0);
    expect(terminal.out()).toBe(
      'MOVES     NAME  FROM      TO\npackages  curl  8.14.1-1  8.14.1-2\nNote: curl only recommends its command line.\n1 change; distro.lock was not touched.\n',
    );
    expect(await readdir(folder)).toEqual(['distro.yaml']);
    expect(await ldf('lock', '-f', 'distro.yaml', '--update')).toBe(0);
    expect(JSON.parse(await readFile(join(folder, 'distro.lock'), 'utf8'))).toEqual(lock);
    expect(server.requests.at(-1)?.body).toMatchObject({ arch: 'x86_64', update: true });
  });

  it('ldf images verify ends with 1 when one is not right', async () => {
    expect(await ldf('images', 'verify')).toBe(0);
    server.images = [image('boot-tester', 'mismatch')];
    expect(await ldf('images', 'verify')).toBe(1);
    expect(terminal.out()).toContain('boot-tester is mismatch; run ldf images build.');
  });

  it('ldf schema prints JSON Schema', async () => {
    expect(await ldf('schema')).toBe(0);
    expect(JSON.parse(terminal.out())).toMatchObject({ type: 'object', required: ['name', 'arch'] });
  });
});
