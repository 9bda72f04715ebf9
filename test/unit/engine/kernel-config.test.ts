/** The configuration of a kernel before it is compiled: made outside any build, and taken by the builds that follow. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseDefinition } from '../../../src/definition/parse.ts';
import type { BuildService } from '../../../src/engine/service.ts';
import { ended, usual, World } from './harness.ts';

let world: World;
let engine: BuildService;
const slow = { timeout: 300_000 };
const definition = parseDefinition({ name: 'gw', arch: 'x86_64' });

beforeEach(async () => {
  world = await World.open();
  engine = await world.start();
  world.runtime.script('prepare', async (stage) =>
    stage.succeed<'prepare'>(
      {
        ...{ release: '6.12.57-gw', sourceSha256: '0'.repeat(64), builtIn: 1, modules: 0 },
        notHeld: [{ symbol: 'CONFIG_A', reason: 'it is gone' }],
      },
      { config: 'CONFIG_B=y\n' },
    ),
  );
});
afterEach(() => world.close());

describe('the configuration of a kernel', slow, () => {
  it('is made without compiling, and once', async () => {
    const answer = {
      ...{ version: '6.12.57', release: '6.12.57-gw', config: 'CONFIG_B=y\n' },
      notHeld: [{ symbol: 'CONFIG_A', reason: 'it is gone' }],
    };
    expect(await engine.kernelConfig(definition, undefined)).toEqual({ ...answer, cached: false });
    expect(world.startedStages()).toEqual(['resolve/1', 'download/1', 'prepare/1']);
    expect(await (await world.start()).kernelConfig(definition, undefined)).toEqual({ ...answer, cached: true });
    expect(world.startedStages()).toHaveLength(3);
  });

  it('is that of a build, which takes what was made', async () => {
    await engine.kernelConfig(definition, undefined);
    const before = world.startedStages().length;
    const build = await ended(engine, await engine.create(await world.distribution(), usual));
    expect(build.state).toBe('succeeded');
    expect(build.stages.find(({ name }) => name === 'prepare')?.state).toBe('cached');
    expect(world.startedStages().slice(before)).not.toContain('prepare/1');
    expect(await engine.kernelConfigOf(build.id)).toMatchObject({ cached: true, config: 'CONFIG_B=y\n' });
    expect(await engine.kernelConfigOf('nosuch')).toBeUndefined();
  });

  it('needs no machine of the architecture', async () => {
    const foreign = parseDefinition({ name: 'gw', arch: 'aarch64' });
    expect(await engine.kernelConfig(foreign, undefined)).toMatchObject({ config: 'CONFIG_B=y\n' });
  });

  it('follows a lock that answers the definition', async () => {
    const { lock } = await engine.lock(definition, undefined, false);
    await engine.kernelConfig(definition, lock);
    expect(world.startedStages()).toEqual(['resolve/1', 'download/1', 'prepare/1']);
  });

  it('fails as the stage does, and leaves nothing', async () => {
    world.runtime.script('prepare', async (stage) => stage.fail({ code: 'kernel.option-not-held' }));
    await expect(engine.kernelConfig(definition, undefined)).rejects.toMatchObject({
      code: 'stage.failed',
      subcode: 'kernel.option-not-held',
    });
    expect(world.leftovers()).toEqual([]);
    const impossible = { ...definition, security: 'nosuch' };
    await expect(engine.kernelConfig(impossible, undefined)).rejects.toMatchObject({ code: 'definition.impossible' });
  });

  it('is not believed when it is not what the stage has listed', async () => {
    world.runtime.script('prepare', async (stage) => {
      const data = { release: '6.12.57', sourceSha256: '0'.repeat(64), builtIn: 1, modules: 0, notHeld: [] };
      const end = stage.succeed<'prepare'>(data, { config: 'CONFIG_B=y\n' });
      stage.write('config', 'CONFIG_B=n\n');
      return end;
    });
    await expect(engine.kernelConfig(definition, undefined)).rejects.toMatchObject({ code: 'stage.result-invalid' });
    expect(world.leftovers()).toEqual([]);
  });
});
