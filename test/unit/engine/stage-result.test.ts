import { describe, expect, it } from 'vitest';
import { readResult } from '../../../src/engine/stage-runs/stage-result.ts';
import { LdfError } from '../../../src/errors.ts';

const data = { release: '6.12.57', image: 'bzImage', modules: null };
const good = JSON.stringify({ ok: true, outputs: [], data });
const error = { code: 'kernel.broken', message: 'It broke.', hint: 'Fix it.', details: [] };
const bad = JSON.stringify({ ok: false, error });

/** What the end of a `compile` container with this result.json comes to. */
async function read(exitCode: number, result?: string, outOfMemory = false, away = false) {
  const exited = { state: 'exited', exitCode, outOfMemory, startedAt: new Date(), endedAt: new Date() } as const;
  const runtime = {
    readFile: async (_name: string, path: string, maxBytes: number) => {
      expect(path).toBe('/ldf/out/result.json');
      if (result && result.length > maxBytes) throw new LdfError('stage.result-invalid', 'It is too large.');
      return result === undefined ? undefined : Buffer.from(result);
    },
    inspect: async () => {
      if (away) throw new LdfError('docker.unavailable', 'Docker does not run.');
      return exited;
    },
  };
  return readResult(runtime, 'container', 'compile', exited, 1000);
}

describe('the result of a stage', () => {
  it('is what its program left', async () => {
    expect(await read(0, good)).toEqual({ ok: true, outputs: [], data });
    expect(await read(0, good, true)).toEqual({ ok: true, outputs: [], data });
  });

  it.each([
    ['the stage blames the definition', 1, bad, { code: 'stage.failed', subcode: 'kernel.broken', hint: 'Fix it.' }],
    ['the stage blames itself', 2, bad, { code: 'stage.fault', subcode: 'kernel.broken' }],
    ['the program broke down', 70, undefined, { code: 'stage.fault', message: expect.stringContaining('70') }],
    ['it ended itself when its time was over', 124, undefined, { code: 'stage.timeout' }],
    ['it was killed', 137, undefined, { code: 'stage.killed', message: expect.stringContaining('signal 9') }],
    ['it was terminated', 143, good, { code: 'stage.killed', message: expect.stringContaining('signal 15') }],
    ['there is none', 0, undefined, { code: 'stage.result-missing' }],
    ['it failed without one', 1, undefined, { code: 'stage.result-missing' }],
    ['it is half written', 0, '{"ok":true,', { code: 'stage.result-invalid' }],
    ['it is something else', 0, '[]', { code: 'stage.result-invalid' }],
    ['it has unknown keys', 0, good.replace('{', '{"x":1,'), { code: 'stage.result-invalid' }],
    [
      "its data is another stage's",
      0,
      '{"ok":true,"outputs":[],"data":{"fetched":1}}',
      { code: 'stage.result-invalid' },
    ],
    [
      'an output leads out of the folder',
      0,
      good.replace('[]', '[{"path":"../x","kind":"file","sizeBytes":1,"sha256":""}]'),
      { code: 'stage.result-invalid' },
    ],
    ['it is too large', 0, ' '.repeat(1001), { code: 'stage.result-invalid' }],
    ['it reports success and exits badly', 1, good, { code: 'stage.result-invalid' }],
    ['it reports a failure and exits well', 0, bad, { code: 'stage.result-invalid' }],
  ])('fails when %s', async (_what, exitCode, result, expected) => {
    await expect(read(exitCode, result)).rejects.toMatchObject(expected);
  });

  it('is nobody’s fault when the container engine went down with the container', async () => {
    await expect(read(143, undefined, false, true)).rejects.toMatchObject({ code: 'docker.unavailable' });
  });

  it('is not asked for when memory ran out', async () => {
    await expect(read(137, undefined, true)).rejects.toMatchObject({ code: 'stage.out-of-memory' });
    await expect(read(2, bad, true)).rejects.toMatchObject({ code: 'stage.out-of-memory' });
  });
});
