/** What every stage program has in common: how it ends, and what it leaves in result.json. */
import { createHash } from 'node:crypto';
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { compileLayer } from '../../../../src/stages/compile/data.ts';
import { type DownloadData, type DownloadParams, downloadContract } from '../../../../src/stages/download/contract.ts';
import {
  type PackageEntry,
  type PackagesQueryParams,
  packagesQuery,
} from '../../../../src/stages/resolve/packages-query.ts';
import { StageFailure } from '../../../../stage-images/contract/failure.ts';
import {
  type QueryProgram,
  runProgram,
  type StageContext,
  type StageProgram,
} from '../../../../stage-images/contract/program.ts';

let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ldf-stage-'));
  await mkdir(join(root, 'ldf/out'), { recursive: true });
  const request = { contract: 1, stage: 'download', arch: 'x86_64', key: null, params: { sources: [] } };
  await writeFile(join(root, 'ldf/out/request.json'), JSON.stringify(request));
  vi.spyOn(console, 'error').mockReturnValue(undefined);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(root, { recursive: true });
});

async function run(download: StageProgram<DownloadParams, DownloadData>) {
  const exitCode = await runProgram({ download: { contract: downloadContract, run: download } }, root);
  return { exitCode, result: JSON.parse(await readFile(join(root, 'ldf/out/result.json'), 'utf8')) };
}

describe('a stage program', () => {
  it('that is done exits with 0 and lists its outputs with their hashes', async () => {
    const { exitCode, result } = await run(async (context) => {
      await writeFile(join(context.out, 'a.txt'), 'hello\n');
      context.output('a.txt');
      return { fetched: 0, fetchedBytes: 0, present: 0 };
    });
    expect(exitCode).toBe(0);
    expect(result.outputs).toEqual([
      {
        path: 'a.txt',
        kind: 'file',
        sizeBytes: 6,
        sha256: '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03',
      },
    ]);
  });

  it('hashes every byte of an output, holes too', async () => {
    const sizeBytes = 3 * 2 ** 20 + 5;
    const { result } = await run(async (context) => {
      await writeFile(join(context.out, 'disk.raw'), 'begin');
      await truncate(join(context.out, 'disk.raw'), sizeBytes - 3);
      await appendFile(join(context.out, 'disk.raw'), 'end');
      context.output('disk.raw');
      return { fetched: 0, fetchedBytes: 0, present: 0 };
    });
    const content = Buffer.alloc(sizeBytes);
    content.write('begin');
    content.write('end', sizeBytes - 3);
    const sha256 = createHash('sha256').update(content).digest('hex');
    expect(result.outputs).toEqual([{ path: 'disk.raw', kind: 'file', sizeBytes, sha256 }]);
  });

  it('exits with 1 for what the user has to fix', async () => {
    const { exitCode, result } = await run(async () => {
      throw new StageFailure({ code: 'source.gone', message: 'It is gone.', hint: 'Update the lock.' });
    });
    expect(exitCode).toBe(1);
    expect(result).toMatchObject({ ok: false, error: { code: 'source.gone', hint: 'Update the lock.' } });
  });

  it('exits with 2 for anything else', async () => {
    const { exitCode, result } = await run(async () => {
      throw new Error('a bug');
    });
    expect(exitCode).toBe(2);
    expect(result).toMatchObject({ ok: false, error: { code: 'stage.fault', message: 'a bug' } });
  });

  describe('that is told to end before it is done', { timeout: 60_000 }, () => {
    it.each([
      ['ends at once', [], []],
      ['does before what it has asked for', ['orderly'], ['kept']],
    ])('%s, and leaves no result', async (_what, args, left) => {
      await mkdir(join(root, 'ldf/work'));
      const program = new URL('../../../fixtures/stage-program/waiting.ts', import.meta.url).pathname;
      const child = execa('node', ['--import', 'tsx', program, ...args], {
        env: { LDF_STAGE_ROOT: root },
        reject: false,
      });
      for await (const line of child) if (line === 'waiting') child.kill('SIGTERM');
      expect(await child).toMatchObject({ exitCode: 128 + 15 });
      expect(await readdir(join(root, 'ldf/work'))).toEqual(left);
      expect(await readdir(join(root, 'ldf/out'))).toEqual(['request.json']);
    });
  });

  it('ends by itself when its time is over, should nobody else end it', { timeout: 60_000 }, async () => {
    await mkdir(join(root, 'ldf/work'));
    const program = new URL('../../../fixtures/stage-program/waiting.ts', import.meta.url).pathname;
    const env = { LDF_STAGE_ROOT: root, LDF_TIME_LIMIT_SECONDS: '1' };
    const ended = await execa('node', ['--import', 'tsx', program], { env, reject: false });
    expect(ended).toMatchObject({ exitCode: 124, stderr: expect.stringContaining('more than 1 seconds') });
    expect(await readdir(join(root, 'ldf/out'))).toEqual(['request.json']);
  });

  describe('reads an input only when that is what its stage wrote:', () => {
    const sha256 = '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03';
    const data = { release: '6.12', image: 'bzImage', modules: null };
    const done = { fetched: 0, fetchedBytes: 0, present: 0 };
    const damaged = {
      exitCode: 2,
      result: {
        ok: false,
        error: {
          code: 'layer.damaged',
          hint: 'Retry the build from stage compile; the layer will be made anew.',
        },
      },
    };

    async function layerWith(content: string) {
      const layer = join(root, 'ldf/in/compile');
      await mkdir(layer, { recursive: true });
      await writeFile(join(layer, 'bzImage'), content);
      const outputs = [{ path: 'bzImage', kind: 'file', sizeBytes: 6, sha256 }];
      await writeFile(join(layer, 'result.json'), JSON.stringify({ ok: true, outputs, data }));
    }

    it('before it is read', async () => {
      const reading = async (context: StageContext<DownloadParams>) => {
        expect(await context.inputData(compileLayer)).toEqual(data);
        return done;
      };
      await layerWith('hello\n');
      expect((await run(reading)).exitCode).toBe(0);
      await layerWith('hellO\n');
      expect(await run(reading)).toMatchObject(damaged);
    });

    it('and only when it is a regular file', async () => {
      const reading = async (context: StageContext<DownloadParams>) => {
        await context.inputData(compileLayer);
        return done;
      };
      await layerWith('hello\n');
      const image = join(root, 'ldf/in/compile/bzImage');
      await rename(image, join(root, 'elsewhere'));
      await symlink(join(root, 'elsewhere'), image);
      const refused = { exitCode: 2, result: { ok: false, error: { message: expect.stringContaining('regular') } } };
      expect(await run(reading)).toMatchObject(refused);
      await rm(image);
      await execa('mkfifo', [image]);
      expect(await run(reading)).toMatchObject(refused);
    });

    it('while it is in use', async () => {
      const reading = async (context: StageContext<DownloadParams>) => {
        await context.inputData(compileLayer, ({ image }) => [image]);
        await context.verifyInput(join(context.input('compile'), 'bzImage'));
        return done;
      };
      await layerWith('hello\n');
      expect((await run(reading)).exitCode).toBe(0);
      await layerWith('hellO\n');
      expect(await run(reading)).toMatchObject(damaged);
    });

    it('at the end, when the stage has not done so', async () => {
      const reading = async (context: StageContext<DownloadParams>) => {
        await context.inputData(compileLayer, ({ image }) => [image]);
        return done;
      };
      await layerWith('hello\n');
      expect((await run(reading)).exitCode).toBe(0);
      await layerWith('hellO\n');
      expect(await run(reading)).toMatchObject(damaged);
    });

    it('and then damage, not what came of it, is what the stage fails with', async () => {
      await layerWith('hellO\n');
      const failing = async (context: StageContext<DownloadParams>) => {
        await context.inputData(compileLayer, ({ image }) => [image]);
        throw new Error('bzImage cannot be parsed');
      };
      expect(await run(failing)).toMatchObject(damaged);
    });

    it('and no file is verified later that was not put off', async () => {
      await layerWith('hello\n');
      const reading = async (context: StageContext<DownloadParams>) => {
        await context.inputData(compileLayer);
        await context.verifyInput(join(context.input('compile'), 'bzImage'));
        return done;
      };
      expect(await run(reading)).toMatchObject({ exitCode: 2, result: { error: { code: 'stage.fault' } } });
    });
  });

  it('says so when the disk is full', async () => {
    const { exitCode, result } = await run(async () => {
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    });
    expect(exitCode).toBe(2);
    expect(result).toMatchObject({ ok: false, error: { code: 'storage.full', hint: expect.stringContaining('Free') } });
  });
});

describe('a query', () => {
  it('is answered with entries in a file, which result.json lists', async () => {
    const request = { contract: 1, query: 'packages', arch: 'aarch64', params: { suite: 'trixie' } };
    await writeFile(join(root, 'ldf/out/request.json'), JSON.stringify(request));
    const run: QueryProgram<PackagesQueryParams, PackageEntry> = async ({ arch, params }) => [
      { name: params.suite, version: '1', summary: arch },
    ];
    expect(await runProgram({}, root, { packages: { contract: packagesQuery, run } })).toBe(0);
    const answer = await readFile(join(root, 'ldf/out/answer.json'), 'utf8');
    expect(JSON.parse(answer)).toEqual([{ name: 'trixie', version: '1', summary: 'aarch64' }]);
    const result = JSON.parse(await readFile(join(root, 'ldf/out/result.json'), 'utf8'));
    expect(result).toMatchObject({ ok: true, data: { entries: 1 }, outputs: [{ path: 'answer.json' }] });
    expect(await runProgram({}, root, {})).toBe(2);
  });
});
