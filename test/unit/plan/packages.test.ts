import { describe, expect, it } from 'vitest';
import { recommendedPackages } from '../../../src/plan/recommended.ts';
import { fromComponent, fromDefinition } from '../../../src/stages/origin.ts';
import { minimal, plan } from './planning.ts';

describe('packages', () => {
  it('come with time zone, locale and sudo when the definition uses them', () => {
    const names = (value: object) => plan(value).composition.packages.map((wanted) => wanted.name);
    expect(names(minimal)).not.toContain('sudo');
    const used = names({
      ...minimal,
      system: { timezone: 'Europe/Berlin', locale: 'de_DE.UTF-8', users: [{ name: 'ops', sudo: true }] },
    });
    expect(used).toEqual(expect.arrayContaining(['locales', 'sudo', 'tzdata']));
  });

  it('asked for by the definition are blamed on it', () => {
    const { packages } = plan({ ...minimal, userland: { packages: ['udev', 'curl'] } }).composition;
    expect(packages.find((wanted) => wanted.name === 'udev')?.from).toEqual(fromDefinition('/userland/packages/0'));
  });
});

describe('what components recommend', () => {
  it('is wanted beside the packages, and is part of what the lock answers', () => {
    const { packages } = plan(minimal).wishes;
    expect(packages.recommended).toContainEqual({ name: 'linux-sysctl-defaults', from: fromComponent('init/systemd') });
    expect(packages.names.map(({ name }) => name)).not.toContain('linux-sysctl-defaults');
  });

  it('is left to the definition where that names it', () => {
    const { names, recommended } = plan({ ...minimal, userland: { packages: ['netbase'] } }).wishes.packages;
    expect(names).toContainEqual({
      name: 'netbase',
      from: fromDefinition('/userland/packages/0'),
      alsoByComponent: true,
    });
    expect(recommended.map(({ name }) => name)).not.toContain('netbase');
    const wanted = [
      { name: 'vim-', from: fromDefinition('/userland/packages/0') },
      { name: 'git=1:2.47', from: fromDefinition('/userland/packages/1') },
    ];
    const contributed = ['vim', 'git', 'ed', 'ed'].map((item) => ({ item, from: fromComponent('init/x') }));
    expect(recommendedPackages(wanted, contributed)).toEqual([{ name: 'ed', from: fromComponent('init/x') }]);
  });
});
