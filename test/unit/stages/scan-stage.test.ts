/**
 * A stage more: the list with one more value is all that it takes. It is planned, run, shown, bounded and estimated, and
 * nothing else of LDF was told of it.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { AccessControl } from '../../../src/access/access-control.ts';
import { newToken } from '../../../src/access/secrets.ts';
import { run } from '../../../src/cli/run.ts';
import { applyEntry } from '../../../src/client/apply-entry.ts';
import { loadConfig } from '../../../src/config.ts';
import { parseDefinition } from '../../../src/definition/parse.ts';
import { limitsOf } from '../../../src/engine/core/config.ts';
import type { BuildService } from '../../../src/engine/service.ts';
import { Build } from '../../../src/model/build.ts';
import { settings } from '../../../src/settings.ts';
import { stageNames } from '../../../src/stages/registry.ts';
import { edges, place } from '../../../src/webui/views/build/graph/columns.ts';
import { rerun } from '../../../src/webui/views/build/rerun.ts';
import { secondsLeft } from '../../../src/webui/views/build/time-left.ts';
import { resultOf } from '../../fixtures/cli-result.ts';
import { ApiWorld } from '../../fixtures/engine/api-world.ts';
import { Served } from '../../fixtures/engine/served.ts';
import { testTerminal } from '../cli/terminal.ts';
import { ended, journalOf, usual, type World } from '../engine/harness.ts';

vi.mock('../../../src/stages/index.ts', async (original) => {
  const { stages } = await original<typeof import('../../../src/stages/index.ts')>();
  const { defineStage } = await import('../../../src/stages/stage.ts');
  const scanStage = defineStage({
    contract: {
      stage: 'scan',
      params: z.strictObject({ severity: z.enum(['high', 'critical']), packages: z.int() }),
      data: z.strictObject({ found: z.int().nonnegative() }),
    },
    image: 'image-packager',
    after: ['package'],
    inputs: ['package'],
    limits: { timeout: '20m', memory: '3G', output: '2G' },
    guess: { outputBytes: 1 << 20, scratchBytes: 0 },
    result: 'layer',
    // Another image than the stage's own does it: the plan says so.
    plan: ({ packages }) =>
      packages ? { params: { severity: 'high', packages: packages.packages.length }, image: 'rootfs-assembler' } : null,
  });
  return { stages: [...stages, scanStage] };
});

const token = newToken();
let api: ApiWorld;
let world: World;
let engine: BuildService;

beforeEach(async () => {
  api = await ApiWorld.open({ access: new AccessControl([{ token }]) });
  ({ world, engine } = api);
  world.runtime.script('scan', async (stage) => {
    stage.log(`scanning ${stage.request.params instanceof Object ? 'the image' : 'nothing'}`);
    return stage.succeed({ found: 0 }, { 'report.json': '{}' });
  });
});

afterEach(() => api.close());

const scan = <Named extends { name: string }>(stages: readonly Named[]) => stages.find(({ name }) => name === 'scan');

describe('a stage that the list has more', () => {
  it('is in the plan with its parameters, its key and the image that its plan has chosen', async () => {
    const distribution = await world.distribution();
    await ended(engine, await engine.create(distribution, usual));
    const lock = (await world.store.getLocks(distribution.id)).x86_64;
    const plan = await engine.plan(parseDefinition(distribution.definition), { boot: true, lock });
    expect(stageNames.at(-1)).toBe('scan');
    expect(scan(plan.stages)).toMatchObject({ after: ['package'], image: 'rootfs-assembler', cached: true });
    expect(scan(plan.stages)?.key).toMatch(/^[0-9a-f]{64}$/);
    const spec = world.runtime.started.find(({ owner }) => owner.stage === 'scan');
    expect(spec?.image).toBe('sha256:rootfs-assembler');
  });

  it('runs in a build after its input, is cached the next time, and is estimated then', async () => {
    const distribution = await world.distribution();
    const build = await engine.create(distribution, usual);
    const first = await ended(engine, build);
    expect([first.error, first.state]).toEqual([null, 'succeeded']);
    expect(scan(first.stages)).toMatchObject({
      state: 'succeeded',
      after: ['package'],
      reason: 'no earlier result to reuse',
    });
    const again = await ended(engine, await engine.create(distribution, usual));
    const unchanged = `reused from build ${first.id}`;
    expect(scan(again.stages)).toMatchObject({ state: 'cached', reason: unchanged });
    expect(scan(again.stages)?.estimateSeconds).toEqual(expect.any(Number));

    const entries = await journalOf(engine, build);
    expect(entries.reduce(applyEntry, { ...first, stages: [] }).stages.map(({ name }) => name)).toContain('scan');
  });

  it('fails a build, and a retry begins with it', async () => {
    world.runtime.script('scan', async (stage) => stage.fail({ code: 'scan.found', message: 'Something was found.' }));
    const failed = await ended(engine, await engine.create(await world.distribution(), usual));
    expect(failed).toMatchObject({ state: 'failed', error: { stage: 'scan', message: 'Something was found.' } });
    world.runtime.script('scan', async (stage) => stage.succeed({ found: 0 }));
    await engine.retry(failed.id, 'scan');
    const retried = await ended(engine, failed);
    expect(scan(retried.stages)).toMatchObject({ state: 'succeeded', attempt: 2 });
  });

  it('may leave nothing but what its contract says', async () => {
    world.runtime.script('scan', async (stage) => stage.succeed({ lost: true }));
    const failed = await ended(engine, await engine.create(await world.distribution(), usual));
    expect(failed.error).toMatchObject({ stage: 'scan', code: 'stage.result-invalid' });
  });

  it('has settings of its own, and bounds by them', () => {
    const names = settings.map(({ name }) => name).filter((name) => name.endsWith('_SCAN'));
    expect(names).toHaveLength(7);
    const config = loadConfig({ LDF_DATA_DIR: '/tmp/ldf', LDF_STAGE_TIMEOUT_SCAN: '5m' });
    expect(limitsOf({ limits: config.stageLimits }, 'scan')).toMatchObject({
      timeoutMs: 300_000,
      memoryBytes: 3 * 2 ** 30,
      pids: 4096,
    });
    expect(config.inForce.find(({ name }) => name === 'LDF_STAGE_TIMEOUT_SCAN')).toMatchObject({ stage: 'scan' });
  });

  it('stands in the graph of the web UI, beside what waits for the same', async () => {
    const { stages } = await ended(engine, await engine.create(await world.distribution(), usual));
    const placed = new Map(place(stages).map(({ stage, column, row }) => [stage.name, { column, row }]));
    const [boot, scanned] = [placed.get('boot'), placed.get('scan')];
    expect(scanned?.column).toBe(boot?.column);
    expect(scanned?.row).not.toBe(boot?.row);
    expect(edges(stages)).toContainEqual({ from: 'package', to: 'scan' });
    expect(rerun(stages, 'package').again).toEqual(['package', 'boot', 'scan']);
    const pending = stages.map((stage) => ({ ...stage, state: 'pending' as const, estimateSeconds: 60 }));
    expect(secondsLeft({ state: 'running', stages: pending }, Date.now())).toBe(6 * 60);
  });
});

describe('on the command line', () => {
  let server: Served;
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ldf-scan-'));
    await writeFile(join(folder, 'distro.yaml'), 'name: edge\narch: x86_64\n');
    server = await Served.open(api.app);
  });

  afterEach(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  async function ldf(...words: string[]) {
    const env = { LDF_SERVER: server.url, LDF_TOKEN: token };
    const terminal = { ...testTerminal({ cwd: folder, env }), now: Date.now };
    return { exitCode: await run(words, terminal), out: terminal.out(), err: terminal.err() };
  }

  it('is in what ldf build says, in the build that the API gives, in its log and in its reasons', async () => {
    const built = await ldf('build', '-f', 'distro.yaml', '--wait');
    expect(built).toMatchObject({ exitCode: 0, err: expect.stringMatching(/^scan: done/m) });
    const shown = await ldf('show', 'edge', '--json');
    expect(scan(Build.parse(resultOf(shown.out)).stages)).toMatchObject({ state: 'succeeded' });
    expect((await ldf('logs', 'edge', '--stage', 'scan')).out).toBe('scanning the image\n');
    expect(await ldf('why', 'edge', 'scan')).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining('no earlier result to reuse'),
    });
    expect(await ldf('logs', 'edge', '--stage', 'scam')).toMatchObject({
      exitCode: 2,
      err: expect.stringMatching(/scam.*scan/s),
    });
  });
});
