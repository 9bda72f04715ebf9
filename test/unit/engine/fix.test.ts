import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyFix } from '../../../src/definition/apply-fix.ts';
import type { BuildService } from '../../../src/engine/service.ts';
import { BootParams } from '../../../src/stages/boot/contract.ts';
import { ended, usual, World } from './harness.ts';

let world: World;
let engine: BuildService;

beforeEach(async () => {
  world = await World.open();
  engine = await world.start();
});
afterEach(() => world.close());

const slow = { timeout: 600_000 };
const toLarger = { pointer: '/image/size', from: '300M', to: '949M' };

describe('a failure that names a fix', slow, () => {
  async function tooSmall() {
    world.runtime.script('package', async (container) =>
      container.fail({
        code: 'image.too-small',
        details: [{ pointer: '/image/size', message: 'must be at least 949M', value: '"300M"', fixes: [toLarger] }],
      }),
    );
    const image = { size: '300M', formats: ['raw', 'qcow2'] };
    const distribution = await world.distribution('gw', { image });
    const build = await engine.create(distribution, { ...usual, formats: ['raw'], boot: false });
    const failed = await ended(engine, build);
    world.runtime.script('package');
    return { distribution, failed };
  }

  it('is solved by it: the change is saved, and what was asked of the build is built again', async () => {
    const { distribution, failed } = await tooSmall();
    expect(failed.error).toMatchObject({ details: [{ fixes: [toLarger] }] });
    expect(failed.error?.retry).toBeUndefined();
    const build = await engine.fix(failed.id, toLarger);
    expect((await world.store.getDistribution(distribution.id))?.definition).toMatchObject({ image: { size: '949M' } });
    expect(build).toMatchObject({ number: failed.number + 1, formats: ['raw'], boot: false });
    expect((await ended(engine, build)).state).toBe('succeeded');
  });

  it('is left alone where the definition was changed since, or for another change than it names', async () => {
    const { distribution, failed } = await tooSmall();
    await expect(engine.fix(failed.id, { ...toLarger, to: '1M' })).rejects.toMatchObject({ code: 'request.invalid' });
    const definition = { ...distribution.definition, image: { size: '2G' } };
    await world.store.updateDistribution(distribution.id, { ...distribution, definition });
    await expect(engine.fix(failed.id, toLarger)).rejects.toMatchObject({
      code: 'state.conflict',
      message: expect.stringContaining('image.size is different now'),
    });
    expect((await world.store.getDistribution(distribution.id))?.definition).toEqual(definition);
    await world.store.deleteDistribution(distribution.id);
    await expect(engine.fix(failed.id, toLarger)).rejects.toMatchObject({ code: 'state.conflict' });
  });
});

it('a retry with more time doubles what the stages may wait, and the first builds keep their keys', slow, async () => {
  const times: number[] = [];
  world.runtime.script('boot', async (container) => {
    times.push(BootParams.parse(container.request.params).silenceSeconds);
    return container.fail({ code: 'boot.silent', retry: 'more-time' });
  });
  const build = await engine.create(await world.distribution(), usual);
  const failed = await ended(engine, build);
  expect(failed.error?.retry).toBe('more-time');
  await engine.retry(build.id, undefined, true);
  await ended(engine, build);
  await engine.retry(build.id);
  await ended(engine, build);
  expect(times.map((time) => time / (times[0] ?? 0))).toEqual([1, 2, 2]);
});

describe('a fix in a written definition', () => {
  const definition = { name: 'a', image: { size: '300M' }, userland: { packages: ['curl', 'exim4', 'vim'] } };

  it('replaces, removes and adds', () => {
    expect(applyFix(definition, toLarger)).toEqual({ ...definition, image: { size: '949M' } });
    expect(applyFix(definition, { ...toLarger, to: null })).toEqual({ ...definition, image: {} });
    expect(applyFix(definition, { pointer: '/system/timezone', from: null, to: 'UTC' })).toEqual({
      ...definition,
      system: { timezone: 'UTC' },
    });
    expect(definition.image.size).toBe('300M');
  });

  it('finds an entry of a list that has moved, and takes no other for it', () => {
    const remove = { pointer: '/userland/packages/1', from: 'exim4', to: null };
    expect(applyFix(definition, remove)).toMatchObject({ userland: { packages: ['curl', 'vim'] } });
    expect(applyFix({ userland: { packages: ['exim4'] } }, remove)).toEqual({ userland: { packages: [] } });
    expect(applyFix({ userland: { packages: ['exim4', 'vim', 'exim4'] } }, remove)).toBeUndefined();
    expect(applyFix({ userland: { packages: ['vim'] } }, remove)).toBeUndefined();
    expect(applyFix({ name: 'a' }, remove)).toBeUndefined();
    expect(applyFix({ image: { size: '2G' } }, toLarger)).toBeUndefined();
  });
});
