import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectDocker } from '../../src/runtime/docker/connection.ts';
import { stageContainer } from '../../src/runtime/docker/container-options.ts';
import { DockerRuntime } from '../../src/runtime/docker/docker-runtime.ts';
import type { ContainerSpec, LogLine, LogPosition } from '../../src/runtime/runtime.ts';
import { openTestEngine, type TestEngine } from '../fixtures/docker-engine.ts';

const never = new AbortController().signal;
const MiB = 2 ** 20;
const owner = { build: 'b1', stage: 'compile', attempt: 2 } as const;

let engine: TestEngine;
let runtime: DockerRuntime;
let folder: string;
/** Runs the program that a test puts into its volume. */
let image: string;

beforeAll(async () => {
  engine = await openTestEngine();
  runtime = new DockerRuntime(engine.docker, engine.installation);
  folder = await mkdtemp(join(tmpdir(), 'ldf-docker-'));
  const container = await engine.docker.createContainer({ Image: engine.base.id, Cmd: ['true'] });
  image = (await container.commit({ changes: 'ENTRYPOINT ["node", "/ldf/test/program.js"]' })).Id;
  await container.remove();
});
afterAll(async () => {
  await engine.cleanUp();
  await engine.docker.getImage(image).remove();
  await rm(folder, { recursive: true });
});

async function newVolume(): Promise<string> {
  const name = `${engine.installation}-${randomBytes(4).toString('hex')}`;
  await runtime.ensureVolume(name, 'layer', owner);
  return name;
}

async function specOf(program: string, more: Partial<ContainerSpec> = {}): Promise<ContainerSpec> {
  return {
    name: `${engine.installation}-${randomBytes(4).toString('hex')}`,
    owner,
    image,
    hostname: 'ldf',
    network: false,
    capabilities: [],
    kvm: false,
    limits: { memoryBytes: 256 * MiB, pids: 64, cpus: 1, logBytes: 1 << 20, timeoutMs: 60_000 },
    ...more,
    mounts: [{ volume: await newVolume(), target: '/ldf/test', readOnly: false }, ...(more.mounts ?? [])],
    files: { '/ldf/test/program.js': program, ...more.files },
  };
}

async function run(program: string, more: Partial<ContainerSpec> = {}): Promise<ContainerSpec> {
  const spec = await specOf(program, more);
  await runtime.start(spec);
  return spec;
}

/** Reads `limit` lines from a position on, then gives up as a process does that is killed. */
async function readLines(name: string, after?: LogPosition, limit = Number.POSITIVE_INFINITY): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for await (const batch of runtime.logs(name, after, never)) {
    lines.push(...batch);
    if (lines.length >= limit) return lines.slice(0, limit);
  }
  return lines;
}

describe('a container', () => {
  it('gets its files, runs once, and hands its own files back', async () => {
    const volume = await newVolume();
    const program = `const fs = require('fs'); fs.writeFileSync('/ldf/out/answer', fs.readFileSync('/ldf/out/request.json') + '!');`;
    const spec = await run(program, {
      mounts: [{ volume, target: '/ldf/out', readOnly: false }],
      files: { '/ldf/out/request.json': '{"ü":1}' },
    });
    const end = await runtime.wait(spec.name, never);
    expect(end).toMatchObject({ state: 'exited', exitCode: 0, outOfMemory: false });
    expect(end.endedAt.getTime()).toBeGreaterThanOrEqual(end.startedAt.getTime());

    await runtime.start(spec);
    expect(await runtime.inspect(spec.name)).toEqual(end);
    expect((await runtime.readFile(spec.name, '/ldf/out/answer', 100))?.toString()).toBe('{"ü":1}!');
    expect(await runtime.readFile(spec.name, '/ldf/out/none', 100)).toBeUndefined();
    await expect(runtime.readFile(spec.name, '/ldf/out/answer', 3)).rejects.toMatchObject({
      code: 'stage.result-invalid',
    });
    await expect(runtime.readFile(spec.name, '/ldf/out', 3)).rejects.toMatchObject({ code: 'stage.result-invalid' });
    await expect(runtime.readFile('ldf-no-such', '/x', 3)).rejects.toMatchObject({ code: 'stage.vanished' });
  });

  it('is started when a crash left it only created', async () => {
    const spec = await specOf('console.log("ran")');
    await engine.docker.createContainer(stageContainer(spec, engine.installation, { cpus: 1, kvm: false }));
    await runtime.start(spec);
    await runtime.wait(spec.name, never);
    expect((await readLines(spec.name)).map(({ text }) => text)).toEqual(['ran']);
  });

  it('may do nothing that its stage does not need', async () => {
    const [input, output] = [await newVolume(), await newVolume()];
    const program = `
      const fs = require('fs'), os = require('os');
      const refused = (path) => { try { fs.writeFileSync(path, 'x'); return 'written'; } catch (error) { return error.code; } };
      console.log(JSON.stringify({
        root: refused('/x'), input: refused('/ldf/in/prepare/x'), output: refused('/ldf/out/x'), tmp: refused('/tmp/x'),
        networks: Object.keys(os.networkInterfaces()).filter((name) => name !== 'lo'),
        status: fs.readFileSync('/proc/self/status', 'utf8').match(/^(CapBnd|CapEff|NoNewPrivs|Seccomp):.*$/gm),
      }))`;
    const spec = await run(program, {
      mounts: [
        { volume: input, target: '/ldf/in/prepare', readOnly: true },
        { volume: output, target: '/ldf/out', readOnly: false },
      ],
      capabilities: ['CHOWN'],
    });
    await runtime.wait(spec.name, never);
    const [line] = await readLines(spec.name);
    expect(JSON.parse(line?.text ?? '')).toEqual({
      root: 'EROFS',
      input: 'EROFS',
      output: 'written',
      tmp: 'written',
      networks: [],
      // capabilities(7): CAP_CHOWN is bit 0. prctl(2): seccomp mode 2 is a filter.
      status: ['CapEff:\t0000000000000001', 'CapBnd:\t0000000000000001', 'NoNewPrivs:\t1', 'Seccomp:\t2'],
    });
  });

  it('is confined as Docker sees it', async () => {
    const spec = await run('');
    const { HostConfig, Config } = await engine.docker.getContainer(spec.name).inspect();
    expect(HostConfig).toMatchObject({
      Privileged: false,
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      NetworkMode: 'none',
      AutoRemove: false,
      PidsLimit: 64,
      Memory: 256 * MiB,
      MemorySwap: 256 * MiB,
      NanoCpus: 1e9,
      Devices: [],
      LogConfig: { Type: 'json-file' },
    });
    expect(HostConfig.Binds).toBeNull();
    expect(Config.Labels).toMatchObject({ 'ldf.build': 'b1', 'ldf.stage': 'compile', 'ldf.attempt': '2' });
  });

  it('has a network only when its stage asks for one', async () => {
    const spec = await run(`console.log(Object.keys(require('os').networkInterfaces()).join())`, { network: true });
    await runtime.wait(spec.name, never);
    expect((await readLines(spec.name))[0]?.text).toMatch(/eth0/);
  });

  it('runs without /dev/kvm where the host has none, and with it where there is one', async () => {
    const host = await stat('/dev/kvm').then(
      () => true,
      () => false,
    );
    const spec = await run(`console.log(require('fs').existsSync('/dev/kvm'))`, { kvm: true });
    await runtime.wait(spec.name, never);
    expect((await readLines(spec.name))[0]?.text).toBe(String(host));
  });

  it('that takes too much memory is reported so', async () => {
    const spec = await run(`const kept = []; for (;;) kept.push(Buffer.alloc(${8 * MiB}, 1));`, {
      limits: { memoryBytes: 64 * MiB, pids: 64, cpus: 1, logBytes: 1 << 20, timeoutMs: 60_000 },
    });
    expect(await runtime.wait(spec.name, never)).toMatchObject({ exitCode: 137, outOfMemory: true });
  });

  it('may end by itself when it is stopped, and is killed when it does not', async () => {
    const polite = await run(
      `process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1000); console.log('up')`,
    );
    const deaf = await run(`process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up')`);
    for (const { name } of [polite, deaf]) expect(await readLines(name, undefined, 1)).toHaveLength(1);
    await Promise.all([runtime.stop(polite.name, 20_000), runtime.stop(deaf.name, 500)]);
    expect(await runtime.inspect(polite.name)).toMatchObject({ state: 'exited', exitCode: 7 });
    expect(await runtime.inspect(deaf.name)).toMatchObject({ state: 'exited', exitCode: 137 });
    await runtime.stop(polite.name, 0);
    await runtime.stop('ldf-no-such', 0);
  });

  it('that is gone is told of as gone', async () => {
    const { name } = await run('setInterval(() => {}, 1000)');
    await Promise.all([runtime.remove(name), runtime.remove(name)]);
    await expect(runtime.wait(name, never)).rejects.toMatchObject({ code: 'stage.vanished' });
    await expect(readLines(name)).rejects.toMatchObject({ code: 'stage.vanished' });
    expect(await runtime.inspect(name)).toBeUndefined();
    await runtime.remove(name);
  });

  it('waits no longer than the signal lets it', async () => {
    const { name } = await run('setInterval(() => {}, 1000)');
    const cancel = new AbortController();
    const waiting = runtime.wait(name, cancel.signal);
    const reading = (async () => {
      for await (const _ of runtime.logs(name, undefined, cancel.signal)) throw new Error('there is nothing to read');
    })();
    cancel.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await reading;
    await runtime.remove(name);
  });

  it('cannot be made of an image or a volume that is not there', async () => {
    const none = `sha256:${'0'.repeat(64)}`;
    await expect(runtime.start({ ...(await specOf('')), image: none })).rejects.toMatchObject({
      code: 'images.missing',
    });
    const mounts = [{ volume: 'ldf-no-such', target: '/ldf/out', readOnly: false }];
    await expect(runtime.start(await specOf('', { mounts }))).rejects.toMatchObject({ code: 'not-found' });
    expect(await runtime.volumeExists('ldf-no-such')).toBe(false);
  });
});

describe('a log', () => {
  it('of 10,000 fast lines and one of 40 KiB is read once and whole, from wherever reading stopped', async () => {
    const { name } = await run(
      `for (let i = 0; i < 10000; i++) (i % 3 ? process.stdout : process.stderr).write(i === 5000 ? 'x'.repeat(40960) + '\\n' : 'line ' + i + '\\n');
       process.stdout.write('last words')`,
    );
    const whole = await readLines(name);
    expect(whole).toHaveLength(10_001);
    expect(new Set(whole.map(({ text }) => text)).size).toBe(10_001);
    expect(whole.find(({ text }) => text.length > 1000)?.text).toBe('x'.repeat(40960));
    const long = whole.findIndex(({ text }) => text.length > 1000);
    for (const cut of [1, 2, 999, long - 1, long, long + 1, 9_999, 10_001]) {
      const first = await readLines(name, undefined, cut);
      const rest = await readLines(name, first.at(-1)?.position);
      expect([...first, ...rest].map(({ text }) => text)).toEqual(whole.map(({ text }) => text));
    }
  });

  it('is followed while it is written, and taken up by a second reader', async () => {
    const { name } = await run(
      `let i = 0; const timer = setInterval(() => { console.log('tick ' + i); console.error('tock ' + i); if (++i === 40) clearInterval(timer); }, 25)`,
    );
    const texts: string[] = [];
    let position: LogPosition | undefined;
    let readers = 0;
    for (let batch: LogLine[]; ; readers++) {
      batch = await readLines(name, position, 17);
      if (batch.length === 0) break;
      texts.push(...batch.map(({ text }) => text));
      position = batch.at(-1)?.position;
    }
    expect(readers).toBe(5);
    expect([...texts].sort()).toEqual(
      Array.from({ length: 40 }, (_, i) => [`tick ${i}`, `tock ${i}`])
        .flat()
        .sort(),
    );
  });

  it('says what the container said without end of line, and replaces what is not UTF-8', async () => {
    const { name } = await run(
      `process.stdout.write(Buffer.from([0x61, 0xff, 0x62, 0x0a])); process.stdout.write('no end')`,
    );
    await runtime.wait(name, never);
    expect((await readLines(name)).map(({ text }) => text)).toEqual(['a\ufffdb', 'no end']);
  });
});

describe('files', () => {
  const sparseBytes = 1024 * MiB;
  /** Of the disk written below: 64 KiB of the byte at + 1 at each of four MiBs, and nothing else. */
  const diskSha256 = 'b47f1f41af18dfc27525f9b82bf7365ab8ec0bdd0fec1825c7b3923c7e89d277';
  let volume: string;
  beforeAll(async () => {
    volume = await newVolume();
    const program = `const fs = require('fs'); const file = fs.openSync('/ldf/out/disk.raw', 'w');
      fs.ftruncateSync(file, ${sparseBytes}); for (const at of [0, 1, 500, 1023]) fs.writeSync(file, Buffer.alloc(65536, at + 1), 0, 65536, at * ${MiB});
      fs.mkdirSync('/ldf/out/logs'); fs.writeFileSync('/ldf/out/logs/console.txt', 'login:'); fs.writeFileSync('/ldf/out/-dash', 'x');`;
    const { name } = await run(program, { mounts: [{ volume, target: '/ldf/out', readOnly: false }] });
    expect(await runtime.wait(name, never)).toMatchObject({ exitCode: 0 });
    await runtime.remove(name);
  });

  it('leave a volume with their holes, which nobody reads', async () => {
    const before = process.cpuUsage();
    await runtime.exportFiles(volume, ['disk.raw', 'logs/console.txt', '-dash'], folder, engine.base.id, never);
    const { user, system } = process.cpuUsage(before);
    const { size, blocks } = await stat(join(folder, 'disk.raw'));
    expect(size).toBe(sparseBytes);
    expect(blocks * 512).toBeLessThan(2 * MiB);
    // To take in as many zeros costs more than that: this counts processor time, which a busy machine does not change.
    expect((user + system) / 1e6).toBeLessThan(1);
    const found = createHash('sha256');
    await pipeline(createReadStream(join(folder, 'disk.raw'), { highWaterMark: MiB }), found);
    expect(found.digest('hex')).toBe(diskSha256);
    expect(await readFile(join(folder, 'logs/console.txt'), 'utf8')).toBe('login:');
    expect(await helpers()).toEqual([]);
  });

  it('are measured with their holes, and removed by name', async () => {
    const bytes = await runtime.volumeBytes(volume, engine.base.id);
    expect(bytes).toBeGreaterThan(4 * 65_536);
    expect(bytes).toBeLessThan(2 * MiB);
    const paths = ['logs/console.txt', 'never-there'];
    await runtime.removeFiles(volume, paths, engine.base.id);
    await expect(runtime.exportFiles(volume, ['logs/console.txt'], folder, engine.base.id, never)).rejects.toThrow(
      /console\.txt/,
    );
    await runtime.exportFiles(volume, ['-dash'], folder, engine.base.id, never);
    await expect(runtime.volumeBytes('ldf-no-such', engine.base.id)).rejects.toMatchObject({ code: 'not-found' });
    expect(await helpers()).toEqual([]);
    const disk = await runtime.disk();
    if (disk) expect(disk.freeBytes).toBeGreaterThan(0);
  });

  it('that are not there, or have nowhere to go, are an error that names them', async () => {
    await expect(runtime.exportFiles(volume, ['nothing.raw'], folder, engine.base.id, never)).rejects.toThrow(
      /nothing\.raw.*(No such file|Cannot stat)/s,
    );
    await expect(
      runtime.exportFiles(volume, ['disk.raw'], join(folder, 'none'), engine.base.id, never),
    ).rejects.toThrow(/disk\.raw.*No such file/s);
    await expect(runtime.exportFiles('ldf-no-such', ['x'], folder, engine.base.id, never)).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(await helpers()).toEqual([]);
  });

  it('stop coming when the signal says so', async () => {
    const cancel = new AbortController();
    const exporting = runtime.exportFiles(volume, ['disk.raw'], folder, engine.base.id, cancel.signal);
    cancel.abort(new Error('enough'));
    await expect(exporting).rejects.toThrow('enough');
    expect(await helpers()).toEqual([]);
  });

  it('stay while something mounts their volume, and go with it', async () => {
    const own = await newVolume();
    const { name } = await run('', { mounts: [{ volume: own, target: '/ldf/out', readOnly: false }] });
    await runtime.wait(name, never);
    await expect(runtime.removeVolume(own)).rejects.toMatchObject({ code: 'state.conflict' });
    await runtime.remove(name);
    await runtime.removeVolume(own);
    await runtime.removeVolume(own);
    expect(await runtime.volumeExists(own)).toBe(false);
  });

  async function helpers(): Promise<Docker.ContainerInfo[]> {
    const filters = { label: [`ldf.installation=${engine.installation}`, 'ldf.role=helper'] };
    return await engine.docker.listContainers({ all: true, filters });
  }
});

describe('an installation', () => {
  it('sees what is its own, with its owner', async () => {
    const other = new DockerRuntime(engine.docker, `${engine.installation}-other`);
    const volume = await newVolume();
    await runtime.ensureVolume(volume, 'layer', owner);
    const { name } = await run('');
    await runtime.wait(name, never);
    expect(await runtime.ownedContainers()).toContainEqual({ name, owner, state: 'exited' });
    expect(await runtime.ownedVolumes()).toContainEqual({ name: volume, role: 'layer', owner });
    expect([...(await other.ownedContainers()), ...(await other.ownedVolumes())]).toEqual([]);
  });

  it('knows its engine', async () => {
    expect(await runtime.info()).toMatchObject({
      cpus: expect.any(Number),
      memoryBytes: expect.any(Number),
      problems: [],
    });
  });

  it('says what to do when there is no engine', async () => {
    const absent = new DockerRuntime(connectDocker(`unix://${folder}/docker.sock`), 'x');
    await expect(absent.info()).rejects.toMatchObject({
      code: 'docker.unavailable',
      hint: expect.stringContaining('Install'),
    });
    const silent = new DockerRuntime(connectDocker('tcp://127.0.0.1:1'), 'x');
    await expect(silent.ownedVolumes()).rejects.toMatchObject({
      code: 'docker.unavailable',
      hint: expect.stringContaining('Start'),
    });
  });
});
