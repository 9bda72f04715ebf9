/** Configuration by environment, and the small files of the data folder. */
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configWarnings, loadConfig, withoutPassword } from '../../src/config.ts';
import { announceServer, installationId, makeDataFolder } from '../../src/data-folder.ts';
import { LdfError } from '../../src/errors.ts';
import { settings } from '../../src/settings.ts';
import { straightNetwork } from '../../src/stages/network.ts';

function problemsOf(environment: Record<string, string>): LdfError {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof LdfError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('the configuration', () => {
  it('has a default for everything', () => {
    expect(loadConfig({ HOME: '/home/me' })).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      allowedHosts: [],
      dataDir: '/home/me/.local/share/ldf',
      databaseUrl: 'file:/home/me/.local/share/ldf/ldf.db',
      dockerHost: undefined,
      baseImage: undefined,
      logLevel: 'info',
      stageLimits: {
        compile: {
          timeoutMs: 6 * 3_600_000,
          silenceMs: 20 * 60_000,
          memoryBytes: 8 * 2 ** 30,
          pids: 4096,
          cpus: 0,
          logBytes: 256 * 2 ** 20,
        },
      },
    });
  });

  it('reads how the network is reached, from the variables that other programs share too', async () => {
    const { network } = loadConfig({ HOME: '/home/me' });
    expect(network).toEqual(straightNetwork);
    const folder = await mkdtemp(join(tmpdir(), 'ldf-config-'));
    const caFile = join(folder, 'ca.pem');
    const [certificate = ''] = rootCertificates;
    await writeFile(caFile, `of our company\n${certificate}\n`);
    const config = loadConfig({
      HTTP_PROXY: 'proxy.example.org:3128',
      https_proxy: 'http://user:p%2Fw@d@proxy.example.org:3128',
      HTTPS_PROXY: 'http://other.example.org',
      no_proxy: 'localhost, .example.org,10.0.0.0/8',
      LDF_CA_FILE: caFile,
      LDF_ALLOWED_NETWORKS: '10.1.0.0/16,fd00::/8,mirror.example.org',
      LDF_DEBIAN_MIRRORS: 'https://mirror.example.org/debian/ https://other.example.org/debian-security',
      LDF_SNAPSHOT_URL: 'https://snapshot.example.org/archive/{archive}/{timestamp}/{path}',
    });
    expect(config.network).toEqual({
      httpProxy: 'http://proxy.example.org:3128',
      httpsProxy: 'http://user:p%2Fw@d@proxy.example.org:3128',
      noProxy: ['localhost', '.example.org', '10.0.0.0/8'],
      certificates: `${certificate}\n`,
      allowed: ['10.1.0.0/16', 'fd00::/8', 'mirror.example.org'],
      mirrors: ['https://mirror.example.org/debian', 'https://other.example.org/debian-security'],
      snapshot: 'https://snapshot.example.org/archive/{archive}/{timestamp}/{path}',
    });
    const shown = JSON.stringify(config.inForce);
    expect(shown).toContain('http://user@proxy.example.org:3128');
    expect(shown).not.toMatch(/p%2Fw|w@d/);
    await rm(folder, { recursive: true });
  });

  it.each([
    ['http_proxy', 'socks5://proxy.example.org'],
    ['LDF_CA_FILE', '/nowhere/ca.pem'],
    ['LDF_CA_FILE', 'relative.pem'],
    ['LDF_CA_FILE', import.meta.filename],
    ['LDF_ALLOWED_NETWORKS', 'http://inner.example.org'],
    ['LDF_DEBIAN_MIRRORS', 'ftp://mirror.example.org/debian'],
    ['LDF_SNAPSHOT_URL', 'https://snapshot.example.org/'],
    ['LDF_SNAPSHOT_URL', 'https://snapshot.example.org/{md5}'],
    ['LDF_CACHE_LIMIT', 'much'],
  ])('refuses %s=%s', (name, value) => {
    expect(problemsOf({ [name]: value }).details).toEqual([expect.objectContaining({ pointer: `/${name}` })]);
  });

  it('does not repeat a password in what it refuses', () => {
    for (const proxy of ['socks5://user:secret@proxy.example.org', 'http://user:x/secret@proxy.example.org'])
      expect(JSON.stringify(problemsOf({ https_proxy: proxy }).details)).not.toContain('secret');
  });

  it('follows XDG, unless it is told where the data is', () => {
    expect(loadConfig({ HOME: '/home/me', XDG_DATA_HOME: '/data' }).dataDir).toBe('/data/ldf');
    expect(loadConfig({ HOME: '/home/me', XDG_DATA_HOME: 'relative' }).dataDir).toBe('/home/me/.local/share/ldf');
    const config = loadConfig({ LDF_DATA_DIR: '/srv/ldf', LDF_DATABASE_URL: 'file:/db/x.db' });
    expect([config.dataDir, config.databaseUrl]).toEqual(['/srv/ldf', 'file:/db/x.db']);
  });

  it('reads numbers, lists, durations and sizes', () => {
    expect(
      loadConfig({
        LDF_PORT: '0',
        LDF_ALLOWED_HOSTS: 'LDF.example,build.example',
        LDF_STAGE_TIMEOUT_BOOT: '90s',
        LDF_STAGE_SILENCE_BOOT: '2m',
        LDF_STAGE_MEMORY_BOOT: '512M',
        LDF_STAGE_PIDS_BOOT: '100',
        LDF_STAGE_CPUS_BOOT: '1.5',
        LDF_STAGE_LOG_BOOT: '4G',
        LDF_QUEUE_LENGTH: '3',
        LDF_DOCKER_HOST: 'tcp://10.0.0.1:2375',
      }),
    ).toMatchObject({
      port: 0,
      allowedHosts: ['ldf.example', 'build.example'],
      stageLimits: {
        boot: {
          timeoutMs: 90_000,
          silenceMs: 120_000,
          memoryBytes: 512 * 2 ** 20,
          pids: 100,
          cpus: 1.5,
          logBytes: 4 * 2 ** 30,
        },
      },
      queueLength: 3,
      dockerHost: 'tcp://10.0.0.1:2375',
    });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(loadConfig({ LDF_PORT: '', LDF_HOST: '', LDF_DATA_DIR: '', HOME: '/h' })).toMatchObject({
      port: 8080,
      host: '127.0.0.1',
      dataDir: '/h/.local/share/ldf',
    });
  });

  it('names every problem at once, and what was probably meant', () => {
    const error = problemsOf({
      LDF_PORT: '65536',
      LDF_LOG_LEVEL: 'loud',
      LDF_DATA_DIR: 'relative',
      LDF_DATABASE_URL: 'postgres://x',
      LDF_STAGE_TIMEOUT_BOOT: '1 day',
      LDF_STAGE_PIDS_BOOT: '1',
      LDF_STAGE_CPUS_BOOT: '-1',
      LDF_DATA_DRI: '/x',
      LDF_NOTHING_LIKE_IT_AT_ALL: '1',
    });
    expect(error.code).toBe('usage');
    expect(Object.fromEntries(error.details.map(({ pointer, message, hint }) => [pointer, hint ?? message]))).toEqual({
      '/LDF_PORT': 'must be a whole number from 0 to 65535',
      '/LDF_LOG_LEVEL': expect.stringContaining('info'),
      '/LDF_DATA_DIR': 'must be an absolute path',
      '/LDF_DATABASE_URL': 'must start with file:',
      '/LDF_STAGE_TIMEOUT_BOOT': 'must be a duration such as 90s, 15m or 6h',
      '/LDF_STAGE_PIDS_BOOT': 'must be a whole number from 16 to 4000000',
      '/LDF_STAGE_CPUS_BOOT': 'must be a number of CPUs such as 2 or 0.5, or 0 for all',
      '/LDF_DATA_DRI': 'Did you mean LDF_DATA_DIR?',
      '/LDF_NOTHING_LIKE_IT_AT_ALL': 'Remove it.',
    });
  });

  it('tells every setting as it is in force, and no password', () => {
    const { inForce } = loadConfig({
      HOME: '/home/me',
      LDF_PORT: '9000',
      LDF_DOCKER_HOST: 'ssh://me:secret@build.example:22',
      LDF_TOKEN: 'x'.repeat(40),
      LDF_STAGE_MEMORY_COMPILE: '6G',
    });
    expect(JSON.stringify(inForce)).not.toContain('xxxx');
    const shown = Object.fromEntries(inForce.map(({ name, value, given }) => [name, [value, given]]));
    expect(shown).toMatchObject({
      LDF_PORT: ['9000', true],
      LDF_DATA_DIR: ['/home/me/.local/share/ldf', false],
      LDF_DATABASE_URL: ['file:/home/me/.local/share/ldf/ldf.db', false],
      LDF_DOCKER_HOST: ['ssh://me@build.example:22', true],
      LDF_STAGE_MEMORY_COMPILE: ['6G', true],
      LDF_DISK_BUDGET: ['', false],
    });
    expect(Object.keys(shown)).not.toContain('LDF_SERVER');
    expect(inForce.find(({ name }) => name === 'LDF_STAGE_MEMORY_COMPILE')?.stage).toBe('compile');
  });

  it('takes everything up to the last @ for a password', () => {
    for (const secret of ['se/cret', 'se@cret', '/@/@', 'se:cret', 'p%40ss', 'a b']) {
      const shown = withoutPassword(`tcp://me:${secret}@build.example:2375`);
      expect(shown).toBe('tcp://me@build.example:2375');
    }
    expect(withoutPassword('unix:///var/run/docker.sock')).toBe('unix:///var/run/docker.sock');
    expect(withoutPassword('https://registry.example:5000/base@sha256:00')).not.toContain('secret');
  });

  it('warns of a Docker that anybody on the way could use', () => {
    const warnings = (environment: Record<string, string>) => configWarnings(loadConfig(environment), environment);
    expect(warnings({ LDF_DOCKER_HOST: 'tcp://me:secret@10.0.0.1:2375' })).toEqual([
      expect.stringContaining('tcp://me@10.0.0.1:2375 without TLS'),
    ]);
    expect(warnings({ DOCKER_HOST: 'tcp://10.0.0.1:2375' })).toHaveLength(1);
    expect(warnings({ DOCKER_HOST: 'tcp://10.0.0.1:2376', DOCKER_TLS_VERIFY: '1' })).toEqual([]);
    expect(warnings({ LDF_DOCKER_HOST: 'ssh://build.example' })).toEqual([]);
    expect(warnings({})).toEqual([]);
  });

  it('shows no token in an error', () => {
    expect(JSON.stringify(problemsOf({ LDF_TOKEN: 'too-short-secret' }).details)).not.toContain('too-short');
  });

  it('leaves the variables of others alone', () => {
    expect(() => loadConfig({ PATH: '/bin', LDFX: '1', LDF_SERVER: 'http://x', LDF_EXTRA_CA: 'pem' })).not.toThrow();
  });

  it('is described in a table whose defaults are good values', () => {
    expect(new Set(settings.map(({ name }) => name)).size).toBe(settings.length);
    for (const { name, description, default: fallback, schema } of settings) {
      // Those that other programs read, too, keep the name that they have there.
      expect(name).toMatch(/^(LDF_[A-Z_]+|(https?|no)_proxy)$/);
      expect(description).toMatch(/\.$/);
      expect(schema.safeParse(fallback).success).toBe(true);
    }
  });
});

describe('the data folder', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ldf-data-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is its owner’s alone', async () => {
    await makeDataFolder(join(folder, 'a', 'b'));
    expect((await stat(join(folder, 'a', 'b'))).mode & 0o777).toBe(0o700);
    await writeFile(join(folder, 'file'), '');
    await expect(makeDataFolder(join(folder, 'file', 'c'))).rejects.toMatchObject({ code: 'usage' });
    const open = join(folder, 'open');
    await mkdir(open);
    await chmod(open, 0o755);
    await makeDataFolder(open);
    expect((await stat(open)).mode & 0o777).toBe(0o700);
    // Everybody's, as /tmp is.
    await chmod(open, 0o1777);
    await makeDataFolder(open);
    expect((await stat(open)).mode & 0o7777).toBe(0o1777);
  });

  it('has one id, whoever comes first', async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, () => installationId(folder)));
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^[0-9a-f]{16}$/);
    expect(await readdir(folder)).toEqual(['installation.json']);
    await writeFile(join(folder, 'installation.json'), '{"id":"../x"}');
    await expect(installationId(folder)).rejects.toMatchObject({ code: 'internal' });
  });

  it('tells where the newest server is, until that one goes', async () => {
    const notice = (pid: number) => ({
      url: 'http://127.0.0.1:1',
      pid,
      startedAt: '2026-01-02T03:04:05.000Z',
      temporary: false,
    });
    const read = async () => JSON.parse(await readFile(join(folder, 'server.json'), 'utf8'));
    const withdrawFirst = await announceServer(folder, notice(1));
    expect((await stat(join(folder, 'server.json'))).mode & 0o777).toBe(0o600);
    const withdrawSecond = await announceServer(folder, notice(2));
    await withdrawFirst();
    expect(await read()).toEqual(notice(2));
    await withdrawSecond();
    await withdrawSecond();
    expect(await readdir(folder)).toEqual([]);
  });
});
