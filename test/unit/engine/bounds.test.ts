/** What a single client can have going on at once: containers outside builds are few, whoever asks for them and how often. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseDefinition } from '../../../src/definition/parse.ts';
import type { BuildService } from '../../../src/engine/service.ts';
import { LdfError } from '../../../src/errors.ts';
import { stageContainer } from '../../../src/runtime/docker/container-options.ts';
import { helperContainer } from '../../../src/runtime/docker/helper.ts';
import { defaultScripts } from '../../../src/runtime/fake/fake-stage.ts';
import { ended, eventually, Gate, usual, World } from './harness.ts';

let world: World;
let engine: BuildService;
const slow = { timeout: 120_000 };
const definition = parseDefinition({ name: 'gw', arch: 'x86_64' });

beforeEach(async () => {
  world = await World.open();
  engine = await world.start();
});
afterEach(() => world.close());

const owner = { build: 'b', stage: 'compile', attempt: 1 } as const;

/** How many calls were answered, and the codes of the others. */
async function outcomes(calls: readonly Promise<unknown>[]) {
  const settled = await Promise.allSettled(calls);
  const refusals = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  const codes = refusals.map((reason) => (reason instanceof LdfError ? reason.code : String(reason)));
  return { answered: settled.length - refusals.length, codes };
}

/** Counts how many calls continue at once; each takes a moment. */
function counting<Value>(value: Value) {
  const seen = { now: 0, most: 0, all: 0 };
  const call = async () => {
    seen.all++;
    seen.most = Math.max(seen.most, ++seen.now);
    await new Promise((resolve) => setTimeout(resolve, 20));
    seen.now--;
    return value;
  };
  return { seen, call };
}

describe('locks outside builds', slow, () => {
  it('are resolved two at a time, wait up to a number, and are refused beyond it', async () => {
    const gate = new Gate();
    world.runtime.script('resolve', async (stage) => {
      await gate.opened;
      return defaultScripts.resolve(stage);
    });
    const calls = Array.from({ length: 120 }, () => engine.lock(definition, undefined, false));
    const result = outcomes(calls);
    await eventually(() => world.runtime.containers.size).toBe(2);
    gate.open();
    const { answered, codes } = await result;
    expect(answered).toBe(2 + 16);
    expect(new Set(codes)).toEqual(new Set(['queue.full']));
    expect(world.leftovers()).toEqual([]);
  });

  it('that wait end with the server', async () => {
    world.runtime.script('resolve', () => new Promise(() => undefined));
    const calls = Array.from({ length: 6 }, () => engine.lock(definition, undefined, false));
    const result = outcomes(calls);
    await eventually(() => world.runtime.containers.size).toBe(2);
    await engine.stop();
    expect((await result).codes).toEqual(calls.map(() => 'server.unreachable'));
    expect(world.runtime.started).toHaveLength(2);
  });
});

describe('the disk', slow, () => {
  it('is never measured by containers, however many ask', async () => {
    const { seen, call } = counting(4096);
    vi.spyOn(world.runtime, 'volumeBytes').mockImplementation(call);
    const fresh = world.idle();
    const uses = await Promise.all(Array.from({ length: 100 }, () => fresh.disk()));
    expect(new Set(uses.map(({ cacheBytes }) => cacheBytes))).toEqual(new Set([0]));
    expect([seen.all, world.runtime.started.length]).toEqual([0, 0]);
  });

  it('is collected for one request at a time, dry runs included', async () => {
    const { seen, call } = counting([]);
    const store = { ...world.store, listCaches: call };
    const fresh = world.idle({ store });
    for (const dryRun of [true, false]) {
      const calls = Array.from({ length: 100 }, () => fresh.collect({ dryRun, freeBytes: 0 }));
      const { answered, codes } = await outcomes(calls);
      expect(answered).toBe(1 + 16);
      expect(new Set(codes)).toEqual(new Set(['queue.full']));
    }
    expect(seen.most).toBe(1);
  });
});

describe('an output', slow, () => {
  it('counts for what it takes on disk, whatever its stage says of it', async () => {
    vi.spyOn(world.runtime, 'volumeBytes').mockResolvedValue(3 << 20);
    const { error } = await ended(engine, await engine.create(await world.distribution(), usual));
    expect(error).toMatchObject({ code: 'stage.output-limit' });
    expect(error?.message).toContain('wrote 3.0 MiB, and 1.0 MiB is the limit');
  });
});

describe('containers', () => {
  const host = { cpus: 2, kvm: false };

  it('of stages have bounds that hold without a server', () => {
    const limits = { memoryBytes: 1 << 30, pids: 64, cpus: 0, logBytes: 1 << 20, timeoutMs: 90_000 };
    const options = stageContainer(
      {
        ...{ name: 'n', owner, image: 'sha256:1', hostname: 'h', mounts: [], network: false, capabilities: [] },
        ...{ kvm: false, limits, files: {} },
      },
      'i',
      host,
    );
    expect(options.Env).toEqual(['LDF_TIME_LIMIT_SECONDS=150']);
    const config = options.HostConfig?.LogConfig?.Config;
    expect(config).toMatchObject({ mode: 'blocking', 'max-file': '2', compress: 'false' });
    // Two files hold all that lines within the limit can come to: six bytes for each of theirs.
    expect(2 * Number(config?.['max-size'])).toBeGreaterThan(6 * limits.logBytes);
    expect(2 * Number(config?.['max-size'])).toBeLessThan(8 * limits.logBytes);
  });

  it('of helpers have little memory and few processes', () => {
    const helper = { volume: 'v', readOnly: true, image: 'sha256:1', program: 'du', args: [] };
    const { Memory, MemorySwap, PidsLimit } = helperContainer(helper, 'i').HostConfig ?? {};
    expect([Memory, MemorySwap, PidsLimit]).toEqual([256 << 20, 256 << 20, 32]);
  });
});
