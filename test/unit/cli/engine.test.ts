/** The command line against the real API and the real engine; only containers are played. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AccessControl } from '../../../src/access/access-control.ts';
import { newToken } from '../../../src/access/secrets.ts';
import { run } from '../../../src/cli/run.ts';
import { Build } from '../../../src/model/build.ts';
import { Lock } from '../../../src/stages/lock.ts';
import { ApiWorld } from '../../fixtures/engine/api-world.ts';
import { Served } from '../../fixtures/engine/served.ts';
import { testTerminal } from './terminal.ts';

let api: ApiWorld;
let server: Served;
let folder: string;
const token = newToken();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-cli-engine-'));
  await writeFile(
    join(folder, 'distro.yaml'),
    'name: edge\nversion: "1.2"\narch: x86_64\nimage: { formats: [raw, qcow2] }\n',
  );
  api = await ApiWorld.open({ access: new AccessControl([{ token }]) });
  server = await Served.open(api.app);
});

afterEach(async () => {
  await server.close();
  await api.close();
  await rm(folder, { recursive: true });
});

/** Runs a command on a terminal of its own, with the clock of this machine. */
async function ldf(...words: string[]) {
  const terminal = {
    ...testTerminal({ cwd: folder, env: { LDF_SERVER: server.url, LDF_TOKEN: token } }),
    now: Date.now,
  };
  const exitCode = await run(words, terminal);
  return { exitCode, out: terminal.out(), err: terminal.err() };
}

describe('from a definition to artifacts', () => {
  it('takes one command, and finds everything in the cache the second time', async () => {
    const first = await ldf('build', '-f', 'distro.yaml', '--output', 'out', '--json');
    expect(first).toMatchObject({ exitCode: 0 });
    const build = Build.parse(JSON.parse(first.out));
    expect(build).toMatchObject({ state: 'succeeded', verdict: { bootable: true } });
    const files = (await readdir(join(folder, 'out'))).sort();
    expect(files).toEqual([...build.artifacts.map(({ name }) => name), 'build.json'].sort());
    expect(Build.parse(JSON.parse(await readFile(join(folder, 'out/build.json'), 'utf8')))).toEqual(build);
    const lock = Lock.parse(JSON.parse(await readFile(join(folder, 'distro.lock'), 'utf8')));
    expect(lock.kernel?.version).toBe('6.12.57');

    const second = await ldf('build', '-f', 'distro.yaml', '--wait');
    expect(second.exitCode).toBe(0);
    expect(second.err).toContain('compile: cached');
    expect(second.err).not.toContain('Wrote distro.lock');
    expect(second.out).toContain('boot    booted in 13s');
  });

  it('shows what there is afterwards', async () => {
    await ldf('build', '-f', 'distro.yaml', '--wait');
    expect((await ldf('show', 'edge')).out).toContain('✓ edge 1.2 (x86_64) succeeded');
    expect(await ldf('builds', '--distribution', 'edge', '--state', 'succeeded')).toEqual({
      exitCode: 0,
      err: '',
      out: expect.stringContaining('edge 1.2'),
    });
    expect((await ldf('logs', 'edge', '--stage', 'compile')).out).toBe('CC init/main.o\n');
    expect((await ldf('logs', 'edge', '-f')).out).toContain('boot | login:\n');
    expect((await ldf('artifacts', 'edge')).out).toContain('edge-1.2.raw');
    expect((await ldf('distributions')).out).toContain('edge');
    expect((await ldf('system')).out).toContain('Builds can run.');
    expect((await ldf('validate', '-f', 'distro.yaml')).out).toContain('edge 1.2 (x86_64) can be built: raw, qcow2.');
  });
});

describe('stage images', () => {
  it('are written to a file, whole or not at all, and taken in from it', async () => {
    const saved = await ldf('images', 'save', 'kernel-builder', '--output', 'images.tar');
    expect(saved).toMatchObject({ exitCode: 0, err: expect.stringContaining('Wrote images.tar.') });
    expect(await readFile(join(folder, 'images.tar'), 'utf8')).toBe('a tar of kernel-builder');
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(await ldf('images', 'load', 'images.tar', '--yes')).toMatchObject({ exitCode: 0 });
    expect(api.images).toMatchObject({ loaded: 'a tar of kernel-builder', trusted: true });
  });
});

describe('a stage that fails', () => {
  it('is named with its last words, and retried alone', async () => {
    api.runtime.script('package', async (stage) => {
      stage.log('mke2fs: no space left');
      return stage.fail({ code: 'image.too-small', message: 'The image is too small.', hint: 'Make it larger.' });
    });
    const failed = await ldf('build', '-f', 'distro.yaml', '--wait');
    expect(failed.exitCode).toBe(1);
    expect(failed.err).toContain('error: The image is too small.');
    expect(failed.err).toContain('hint: Make it larger.');
    expect(failed.err).toContain('  │ mke2fs: no space left');
    const [, next] = /ldf (retry \S+)/.exec(failed.err) ?? [];
    // What was resolved is kept although a later stage failed.
    expect(await readdir(folder)).toContain('distro.lock');

    api.runtime.script('package');
    const before = api.world.startedStages().length;
    const retried = await ldf(...(next ?? '').split(' '), '--wait');
    expect(retried.exitCode).toBe(0);
    expect(api.world.startedStages().slice(before)).toEqual(['package/2', expect.stringMatching(/^boot/)]);
    expect(retried.err).toContain('package: started (attempt 2)');
    expect(retried.err).not.toContain('compile: started');
  });
});

describe('Ctrl-C', () => {
  it('cancels the build on the server and leaves nothing running', async () => {
    const terminal = {
      ...testTerminal({ cwd: folder, env: { LDF_SERVER: server.url, LDF_TOKEN: token } }),
      now: Date.now,
    };
    api.runtime.script('compile', async (stage) => {
      stage.log('CC init/main.o');
      terminal.signals.emit('SIGINT');
      return new Promise(() => undefined);
    });
    expect(await run(['build', '-f', 'distro.yaml', '--wait', '--follow'], terminal)).toBe(3);
    expect(terminal.err()).toContain('⊘ edge 1.2 (x86_64) cancelled');
    expect([...api.runtime.containers.keys()]).toEqual([]);
  });
});
