/** The built `ldf` as a process: servers found, brought up and ended; against real Docker. */
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SystemStatus } from '../../src/model/system.ts';
import { resultOf } from '../fixtures/cli-result.ts';

const repository = resolve(import.meta.dirname, '../..');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-cli-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const dataDir = () => join(folder, 'data');

/** Ends by itself when the command is done, or the test fails: a process that something keeps alive is a defect. */
function ldf(...words: string[]) {
  return execa(process.execPath, [join(repository, 'dist/ldf.js'), ...words], {
    env: { LDF_DATA_DIR: dataDir(), LDF_PORT: '0', LDF_LOG_LEVEL: 'silent' },
    stdin: 'ignore',
    reject: false,
    timeout: 300_000,
  });
}

/** A server that answers; `stop` sends it a signal and gives its exit code. */
async function serve(): Promise<{ url: string; stop(signal: NodeJS.Signals): Promise<number | undefined> }> {
  const server = ldf('serve');
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    server.stderr.on('data', (chunk: unknown) => {
      said += String(chunk);
      const answers = /^LDF answers at (\S+)/m.exec(said)?.[1];
      if (answers !== undefined) resolve(answers);
    });
    server.stderr.on('end', () => reject(new Error(`ldf serve ended: ${said}`)));
  });
  return {
    url,
    async stop(signal) {
      server.kill(signal);
      return (await server).exitCode;
    },
  };
}

async function hasNotice(): Promise<boolean> {
  return stat(join(dataDir(), 'server.json')).then(
    () => true,
    () => false,
  );
}

describe('a command without a server', () => {
  it('brings one up for itself, and takes it down again', async () => {
    const { exitCode, stdout, stderr } = await ldf('system', '--json');
    const system = SystemStatus.parse(resultOf(stdout));
    expect(system.docker.reachable).toBe(true);
    expect(system.dataDir).toBe(dataDir());
    // A fresh data folder has no stage images: that would keep builds from running.
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(await hasNotice()).toBe(false);
  });

  it('checks a definition, and says everything that is wrong with it', async () => {
    const file = join(folder, 'distro.yaml');
    await writeFile(file, 'name: x\narch: x86_64\ninit: nosuch\nimage: { formats: [raw, floppy] }\n');
    const { exitCode, stderr } = await ldf('validate', '-f', file);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('/init: line 3:');
    expect(stderr).toContain('/image/formats/1: line 4:');
  });
});

describe('ldf serve', () => {
  it('is found by commands on its data folder, and ends in good order', async () => {
    const server = await serve();
    await writeFile(join(folder, 'distro.yaml'), 'name: found\narch: x86_64\n');
    const applied = await ldf('apply', '-f', join(folder, 'distro.yaml'));
    expect(applied).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Created found') });
    expect((await ldf('distributions')).stdout).toContain('found');
    expect(await server.stop('SIGTERM')).toBe(0);
    expect(await hasNotice()).toBe(false);
  });

  it('does not stand in the way after it was killed', async () => {
    const server = await serve();
    await server.stop('SIGKILL');
    expect(await hasNotice()).toBe(true);
    expect(await ldf('builds')).toMatchObject({ exitCode: 0, stderr: 'There are no such builds.' });
  });

  it('is used where it was named, and missed with 4 when it is gone', async () => {
    const { url, stop } = await serve();
    expect((await ldf('builds', '--server', url)).exitCode).toBe(0);
    expect(await stop('SIGINT')).toBe(0);
    expect((await ldf('builds', '--server', url)).exitCode).toBe(4);
  });
});

describe('a reader that has seen enough', () => {
  it('is no error', async () => {
    const schema = ldf('schema');
    schema.stdout.destroy();
    expect(await schema).toMatchObject({ exitCode: 0, stderr: '' });
  });
});
