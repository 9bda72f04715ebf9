import { describe, expect, it } from 'vitest';
import { Catalog } from '../../../src/catalog/catalog.ts';
import { parseDefinition } from '../../../src/definition/parse.ts';
import { unansweredGroups } from '../../../src/engine/core/reasons.ts';
import { answeringGroups, lockChanges, mergeLock, resolveParams } from '../../../src/plan/lock.ts';
import { madeWith } from '../../../src/plan/made.ts';
import { planBuild } from '../../../src/plan/plan.ts';
import { Problems } from '../../../src/plan/problems.ts';
import { wishesOf } from '../../../src/plan/wishes.ts';
import type { Lock } from '../../../src/stages/lock.ts';
import { fromComponent, fromDefault } from '../../../src/stages/origin.ts';
import { imageIdentities, lockFor } from '../../fixtures/lock.ts';
import { keys, minimal, plan, shipped } from './planning.ts';

describe('a lock', () => {
  const wishes = plan(minimal).wishes;
  const lock = lockFor(wishes);

  it('that answers everything leaves nothing to resolve', () => {
    expect(resolveParams(plan(minimal), lock, false)).toBeNull();
    expect(resolveParams(plan(minimal), lock, true)).toMatchObject({ previous: lock });
  });

  it('is asked of the chosen userland, and answers no other', () => {
    const { definition, composition } = plan(minimal);
    const other = { ...composition, userland: { use: 'another', params: {} } };
    expect(composition.userland).toEqual({ use: 'debian', params: {} });
    const params = resolveParams(plan(minimal), undefined, false);
    expect(params?.packages).toMatchObject({ userland: composition.userland, kernelSource: wishes.kernel.source });
    expect(params?.boot?.userland).toEqual(composition.userland);
    const asked = (composed: typeof composition) =>
      wishesOf(definition, composed, new Problems()).packages.wishesSha256;
    expect(asked(composition)).toBe(wishes.packages.wishesSha256);
    expect(asked(other)).not.toBe(wishes.packages.wishesSha256);
  });

  it('is resolved anew only in the group whose part changed', () => {
    const more = resolveParams(plan({ ...minimal, userland: { packages: ['curl'] } }), lock, false);
    expect(more?.kernel).toBeNull();
    expect(more?.packages?.names.map((wanted) => wanted.name)).toContain('curl');
    expect(resolveParams(plan({ ...minimal, kernel: { version: '6.1' } }), lock, false)).toMatchObject({
      kernel: { source: { params: { package: 'linux-source-6.1', suite: 'bookworm' } } },
      packages: null,
    });
  });

  it('whose packages depend on a kernel answers only with that kernel', () => {
    const [source] = lock.kernel?.sources ?? [];
    if (!lock.packages || !source) throw new Error('the fixture has both groups');
    const packages = { ...lock.packages, kernel: { name: source.name, version: source.version } };
    expect(resolveParams(plan(minimal), { ...lock, packages }, false)).toBeNull();
    const older = { ...packages, kernel: { name: source.name, version: '0.9-1' } };
    expect(resolveParams(plan(minimal), { ...lock, packages: older }, false)).toMatchObject({ kernel: null });
    expect(resolveParams(plan(minimal), { version: 1, arch: 'x86_64', packages }, false)?.packages).toBeTruthy();
  });

  it('is resolved again in the groups that an update names, and in what depends on them', () => {
    const planned = plan(minimal);
    const update = (groups: ('kernel' | 'packages' | 'boot')[], of = lock) => {
      const params = resolveParams(planned, of, groups);
      return params && [params.kernel, params.packages, params.boot].map((wish) => wish !== null);
    };
    expect(update(['packages'])).toEqual([false, true, false]);
    expect(update(['kernel', 'boot'])).toEqual([true, false, true]);
    const [source] = lock.kernel?.sources ?? [];
    if (!lock.packages || !source) throw new Error('the fixture has both groups');
    const packages = { ...lock.packages, kernel: { name: source.name, version: source.version } };
    expect(update(['kernel'], { ...lock, packages })).toEqual([true, true, false]);
  });

  it('marks what comes from a suite of security updates, by the archive that it lies in', () => {
    const { packages } = lock;
    const [first, second] = packages?.packages ?? [];
    if (!packages || !first || !second) throw new Error('the fixture has two packages');
    const from = (suites: Record<string, string>): Lock => ({
      ...lock,
      packages: {
        ...packages,
        packages: [
          { ...first, version: '2', sha256: 'd'.repeat(64), url: 'http://mirror.example/debian-security/pool/x.deb' },
          { ...second, version: '2', sha256: 'e'.repeat(64), url: 'http://mirror.example/debian/pool/y.deb' },
        ],
        aptSources: Object.entries(suites).map(([suite, uri]) => ({ uri, suite, components: ['main'] })),
      },
    });
    const marked = (after: Lock) => lockChanges(lock, after).map(({ name, security }) => [name, security]);
    const apart = {
      trixie: 'http://mirror.example/debian',
      'trixie-security': 'http://mirror.example/debian-security/',
    };
    expect(marked(from(apart))).toEqual([
      ['base-files', true],
      ['systemd', false],
    ]);
    const together = { trixie: 'http://mirror.example', 'trixie-security': 'http://mirror.example' };
    expect(marked(from(together)).flat()).not.toContain(true);
  });

  it('tells what its packages recommend, in the plan', () => {
    const left = { name: 'docker-cli', by: 'docker.io', tool: true };
    const packages = lock.packages && { ...lock.packages, leftOut: [left] };
    const { notes } = planBuild({
      ...{ definition: parseDefinition(minimal), catalog: shipped, boot: false },
      lock: { ...lock, ...(packages ? { packages } : {}) },
    });
    expect(notes).toEqual([expect.stringContaining('docker.io only recommends its command line, docker-cli')]);
    expect(plan(minimal).notes).toEqual([]);
  });

  it('of another architecture is no answer', () => {
    expect(resolveParams(plan(minimal), { ...lock, arch: 'aarch64' }, false)).toMatchObject({ previous: null });
  });

  it('of a time without boot packages is completed, and all else of it stays', () => {
    const { boot, ...old } = lock;
    if (!boot) throw new Error('the fixture has boot packages');
    const params = resolveParams(plan(minimal), old, false);
    expect(params).toMatchObject({ kernel: null, packages: null, boot: wishes.boot, previous: old });
    expect(unansweredGroups(params)).toBe('boot packages');
    const merged = mergeLock('x86_64', old, { kernel: null, packages: null, boot }, undefined);
    expect(merged).toEqual(lock);
    expect(lockChanges(old, merged)).toEqual([
      { group: 'boot', name: 'busybox-static', from: null, to: '1.0-1', security: false },
      { group: 'boot', name: 'systemd-boot-efi', from: null, to: '1.0-1', security: false },
    ]);
  });

  it('has the boot packages that components and the initramfs state, from the suite of the userland', () => {
    expect(wishes.boot).toMatchObject({
      suite: 'trixie',
      names: [
        { name: 'busybox-static', from: fromDefault('initramfs/minimal') },
        { name: 'systemd-boot-efi', from: fromComponent('bootloader/systemd-boot') },
      ],
    });
    const older = plan({ ...minimal, userland: { suite: 'bookworm' } }).wishes.boot;
    expect(older).toMatchObject({ suite: 'bookworm' });
    expect(older?.wishesSha256).not.toBe(wishes.boot?.wishesSha256);
    expect(plan({ ...minimal, userland: { packages: ['curl'] } }).wishes.boot).toEqual(wishes.boot);
  });

  it('is asked for no boot packages where nothing wants any, and then answers without', () => {
    const { boot: _boot, ...old } = lock;
    const planned = plan(minimal);
    const without = { ...planned, wishes: { ...planned.wishes, boot: null } };
    expect(resolveParams(without, old, false)).toBeNull();
    expect(resolveParams(without, old, true)).toMatchObject({ boot: null });
    expect(answeringGroups(without.wishes, 'x86_64', old).boot).toEqual({ packages: [], sourceDate: 0 });
  });

  it('has its boot packages in the download, and by their hashes in the key of what is packaged alone', () => {
    const definition = parseDefinition(minimal);
    const planned = (locked: Lock) =>
      planBuild({ ...{ definition, catalog: shipped, boot: true }, lock: locked, images: imageIdentities });
    const other = structuredClone(lock);
    const [first] = other.boot?.packages ?? [];
    if (!first) throw new Error('the fixture has boot packages');
    first.sha256 = 'e'.repeat(64);
    const [before, after] = [planned(lock), planned(other)];
    const changed = after.stages.filter(({ name }) => keys(before)[name] !== keys(after)[name]);
    expect(changed.map(({ name }) => name)).toEqual(['package', 'boot']);
    expect(after.sources.map(({ sha256 }) => sha256)).toContain(first.sha256);
    expect(after.stages.find(({ name }) => name === 'download')?.params).toMatchObject({
      sources: after.sources,
      dates: [1_700_000_100, 1_700_000_000],
    });
    const { boot: _boot, ...old } = lock;
    expect(planned(old)).toMatchObject({ sources: [] });
    expect(planned(old).stages.find(({ name }) => name === 'package')).toMatchObject({ params: null, key: null });
    expect(keys(planned(old)).assemble).toBe(keys(before).assemble);
  });

  it('notes the stage images and components that it was made with, and a plan says which are others now', () => {
    const made = madeWith(plan(minimal), imageIdentities);
    expect(Object.keys(made?.stageImages ?? {})).toEqual(['kernel-builder', 'rootfs-assembler', 'image-packager']);
    expect(Object.keys(made?.components ?? {})).toContain('bootloader/systemd-boot');
    const none = { kernel: null, packages: null, boot: null };
    expect(mergeLock('x86_64', lock, none, made).made).toBeUndefined();
    const locked = mergeLock('x86_64', lock, { ...none, kernel: lock.kernel ?? null }, made);
    expect(locked.made).toEqual(made);
    const definition = parseDefinition(minimal);
    const planned = (catalog: Catalog, images: typeof imageIdentities | Record<keyof typeof imageIdentities, string>) =>
      planBuild({ ...{ definition, catalog, boot: true }, lock: locked, images });
    expect(planned(shipped, imageIdentities)).toMatchObject({ notes: [], madeOtherwise: '' });
    expect(planned(shipped, { ...imageIdentities, 'boot-tester': '9'.repeat(64) }).madeOtherwise).toBe('');
    const catalog = new Catalog(
      shipped.entries.map((entry) =>
        entry.component.name === 'systemd-boot'
          ? { ...entry, component: { ...entry.component, title: 'Another one' } }
          : entry,
      ),
    );
    const other = planned(catalog, { ...imageIdentities, 'image-packager': '9'.repeat(64) });
    expect(other.madeOtherwise).toBe(
      'it was made with another stage image image-packager and component bootloader/systemd-boot, so the images may not be the same to the byte',
    );
    expect(other.notes).toEqual([expect.stringContaining('ldf lock --update')]);
  });

  it('keeps the groups that were not resolved, and tells what moved', () => {
    const packages = structuredClone(lock.packages);
    const first = packages?.packages[0];
    if (!packages || !first) throw new Error('the fixture has packages');
    Object.assign(first, { version: '2.0-1', sha256: 'd'.repeat(64) });
    const merged = mergeLock('x86_64', lock, { kernel: null, packages, boot: null }, undefined);
    expect(merged.kernel).toEqual(lock.kernel);
    expect(lockChanges(lock, merged)).toEqual([
      { group: 'packages', name: 'base-files', from: '1.0-1', to: '2.0-1', security: false },
    ]);
  });
});
