/** Threads for large work. They begin from the sources here, which on a busy machine takes its time. */
import { afterEach, describe, expect, it } from 'vitest';
import { Catalog } from '../../../src/catalog/catalog.ts';
import { parseDefinition } from '../../../src/definition/parse.ts';
import { type WorkerBounds, WorkerPool, workerBounds } from '../../../src/workers/pool.ts';
import { atOnce, Workbench } from '../../../src/workers/workbench.ts';

const patience = { timeout: 120_000 };
const pools: WorkerPool[] = [];
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

function open(change: Partial<WorkerBounds> = {}) {
  const pool = new WorkerPool({ ...workerBounds, timeoutMs: 110_000, ...change });
  pools.push(pool);
  return { pool, workbench: new Workbench(pool) };
}

const bytes = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const large = 'x'.repeat(atOnce.jsonBytes);
const files = [{ path: '/a', content: large }];

describe('what is small', () => {
  it('starts no thread', async () => {
    const { pool, workbench } = open();
    const definition = { name: 'a', arch: 'x86_64' };
    expect(await workbench.body('DistributionInput', bytes({ definition }), false)).toEqual({ definition });
    expect(await workbench.body('DistributionInput', bytes('name: a\narch: x86_64'), true)).toEqual({ definition });
    expect(await workbench.definition(definition)).toEqual(parseDefinition(definition));
    expect(pool.threads).toBe(0);
  });
});

describe('what is large', () => {
  it('is worked through on a thread, with the same outcome and the same problems', patience, async () => {
    const { pool, workbench } = open();
    const definition = { name: 'a', arch: 'x86_64', system: { files } };
    expect(await workbench.body('DistributionInput', bytes({ definition }), false)).toEqual({ definition });
    expect(await workbench.definition(definition)).toEqual(parseDefinition(definition));
    await expect(workbench.definition({ ...definition, arch: 'mips' })).rejects.toMatchObject({
      code: 'definition.invalid',
      details: [{ pointer: '/arch', hint: 'Use one of: x86_64, aarch64.' }],
    });
    const many = { ...definition, system: { files: [1, 2, 3, 4].map((n) => ({ path: `/${n}`, content: large })) } };
    const catalog = new Catalog([]);
    // The catalog goes to a thread once.
    for (const _time of [1, 2])
      await expect(workbench.plan({ definition: parseDefinition(many), catalog, boot: false })).rejects.toMatchObject({
        code: 'definition.impossible',
      });
    expect(pool.threads).toBe(1);
  });

  it('is given up when it takes too long, and a new thread takes what comes next', patience, async () => {
    const { pool } = open({ timeoutMs: 1 });
    const run = pool.run(() => ({ name: 'definition', value: {} }));
    await expect(run).rejects.toMatchObject({ code: 'request.too-costly', hint: expect.stringContaining('smaller') });
    await expect.poll(() => pool.threads).toBe(0);
  });

  it('waits for a thread, and is refused when too much waits', patience, async () => {
    const { pool } = open({ threads: 1, waiting: 1 });
    const job = () => pool.run(() => ({ name: 'definition', value: { name: 'a', arch: 'x86_64' } }));
    const [first, second] = [job(), job()];
    await expect(job()).rejects.toMatchObject({ code: 'queue.full' });
    expect((await Promise.all([first, second])).map(({ name }) => name)).toEqual(['a', 'a']);
    expect(pool.threads).toBe(1);
  });

  it('leaves no thread behind that has nothing to do', patience, async () => {
    const { pool } = open({ idleMs: 1 });
    await pool.run(() => ({ name: 'definition', value: { name: 'a', arch: 'x86_64' } }));
    await expect.poll(() => pool.threads).toBe(0);
  });
});
