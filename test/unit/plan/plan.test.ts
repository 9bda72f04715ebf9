import { describe, expect, it } from 'vitest';
import { Catalog, parseComponent } from '../../../src/catalog/catalog.ts';
import { parseDefinition } from '../../../src/definition/parse.ts';
import { planBuild } from '../../../src/plan/plan.ts';
import type { StageName } from '../../../src/stages/names.ts';
import { imageIdentities, lockFor } from '../../fixtures/lock.ts';
import { keys, minimal, plan, shipped } from './planning.ts';

function changedKeys(before: object, after: object): StageName[] {
  const [old, now] = [keys(plan(before)), keys(plan(after))];
  return plan(before)
    .stages.map((stage) => stage.name)
    .filter((name) => old[name] !== now[name]);
}

describe('a plan', () => {
  it('has every stage in order, with keys for those that leave a layer', () => {
    const { stages } = plan(minimal);
    expect(stages.map((stage) => stage.name)).toEqual([
      'resolve',
      'download',
      'prepare',
      'compile',
      'base',
      'assemble',
      'package',
      'boot',
    ]);
    for (const stage of stages) {
      if (stage.name === 'resolve' || stage.name === 'download') expect(stage.key).toBeNull();
      else expect(stage.key).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it('is the same each time, whatever the order of keys', () => {
    const turned = { arch: 'x86_64', system: { services: {}, files: [] }, name: 'minimal' };
    expect(plan(turned)).toEqual(plan(minimal));
  });

  it('survives JSON', () => {
    const planned = plan(minimal);
    expect(JSON.parse(JSON.stringify(planned))).toEqual(planned);
  });

  it('has no keys without a lock, and no boot stage when it is not wanted', () => {
    const planned = planBuild({ definition: parseDefinition(minimal), catalog: shipped, boot: false });
    expect(planned.stages.map((stage) => stage.key)).toEqual(Array(7).fill(null));
    expect(planned.stages.find((stage) => stage.name === 'prepare')?.params).toBeNull();
  });

  it('gives another mirror the same keys', () => {
    const definition = parseDefinition(minimal);
    const lock = lockFor(planBuild({ definition, catalog: shipped, boot: true }).wishes);
    const other = structuredClone(lock);
    for (const source of other.packages?.packages ?? []) source.url = source.url.replace('mirror', 'other');
    const withLock = (used: typeof lock) =>
      keys(planBuild({ definition, catalog: shipped, boot: true, lock: used, images: imageIdentities }));
    expect(withLock(other)).toEqual(withLock(lock));
  });
});

describe('content keys', () => {
  it('let a kernel option re-run the kernel and what holds it, never the root file system', () => {
    const after = { ...minimal, kernel: { config: { options: { CONFIG_IKCONFIG: 'y' } } } };
    expect(changedKeys(minimal, after)).toEqual(['prepare', 'compile', 'package', 'boot']);
  });

  it('let a user re-run the root file system and the image, never the kernel', () => {
    const after = { ...minimal, system: { users: [{ name: 'ops' }] } };
    expect(changedKeys(minimal, after)).toEqual(['assemble', 'package', 'boot']);
  });

  it('let a format re-run packaging alone', () => {
    expect(changedKeys(minimal, { ...minimal, image: { formats: ['qcow2', 'raw'] } })).toEqual(['package', 'boot']);
  });

  it('change with the stage image', () => {
    const definition = parseDefinition(minimal);
    const lock = lockFor(planBuild({ definition, catalog: shipped, boot: true }).wishes);
    const images = { ...imageIdentities, 'kernel-builder': '9'.repeat(64) };
    const changed = planBuild({ definition, catalog: shipped, boot: true, lock, images });
    expect(
      changed.stages.filter((stage) => stage.key !== keys(plan(minimal))[stage.name]).map((stage) => stage.name),
    ).toEqual(['prepare', 'compile', 'package', 'boot']);
  });
});

describe('the machine that images are booted on', () => {
  const bootParams = (catalog: Catalog, names: readonly string[]) => {
    const definition = parseDefinition(minimal);
    const lock = lockFor(planBuild({ definition, catalog, boot: true }).wishes);
    const [sample] = lock.packages?.packages ?? [];
    if (!sample) throw new Error('the lock has no package');
    lock.packages?.packages.push(...names.map((name) => ({ ...sample, name })));
    const { stages } = planBuild({ definition, catalog, boot: true, lock, images: imageIdentities });
    return stages.find((stage) => stage.name === 'boot')?.params;
  };

  it('has a screen and more memory where a package in the lock wants them, and not otherwise', () => {
    expect(bootParams(shipped, [])).toMatchObject({ display: false, memoryMiB: 1024 });
    expect(bootParams(shipped, ['lightdm'])).toMatchObject({ display: true, memoryMiB: 2048 });
  });

  it('has the most of what several rules want', () => {
    const rules = [
      { packages: ['big'], memoryMiB: 4096 },
      { packages: ['big', 'seen'], screen: true },
      { packages: ['huge'], memoryMiB: 8192 },
    ];
    const userland = parseComponent({
      ...{ kind: 'userland', name: 'test', title: 'A test component', summary: 'For a test.', suites: ['trixie'] },
      contributes: { machine: rules },
    });
    const catalog = new Catalog([
      ...shipped.entries.filter(({ component: { kind } }) => kind !== 'userland'),
      { component: { ...userland, name: 'debian' }, origin: 'shipped' },
    ]);
    expect(bootParams(catalog, ['big'])).toMatchObject({ display: true, memoryMiB: 4096 });
  });
});
