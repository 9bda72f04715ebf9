/** What a definition asks of the lock: which kernel source, and which packages. */
import type { Component } from '../catalog/component.ts';
import type { Definition } from '../definition/definition.ts';
import type { KernelWish, PackagesWish } from '../stages/stages.ts';
import { contentHash } from './canonical.ts';
import type { Faults } from './faults.ts';
import type { Composition, Plan } from './types.ts';

/** Faults are added; the wishes are only good when there are none. */
export function wishesOf(definition: Definition, composition: Composition, faults: Faults): Plan['wishes'] {
  const component = (kind: Component['kind']) =>
    composition.components.find((entry) => entry.component.kind === kind)?.component;
  return {
    kernel: kernelWish(definition, component('kernel'), faults),
    packages: packagesWish(definition, component('userland'), composition.packages, faults),
  };
}

function kernelWish(definition: Definition, source: Component | undefined, faults: Faults): KernelWish {
  const offered = source?.kernelSeries ?? [];
  const { version } = definition.kernel;
  const series = version?.split('.').slice(0, 2).join('.') ?? offered[0]?.series;
  const match = offered.find((entry) => entry.series === series);
  if (source && !match)
    faults.add('/kernel/version', `kernel/${source.name} does not offer ${version ?? 'any version'}`, {
      value: version,
      hint: `It offers ${offered.map((entry) => entry.series).join(', ') || 'nothing'}.`,
    });
  const wish = { suite: match?.suite ?? '', package: match?.package ?? '', version: version ?? series ?? '' };
  return { of: contentHash(wish), ...wish };
}

function packagesWish(
  definition: Definition,
  userland: Component | undefined,
  names: Composition['packages'],
  faults: Faults,
): PackagesWish {
  const { suite } = definition.userland;
  if (userland && !userland.suites?.includes(suite))
    faults.add('/userland/suite', `userland/${userland.name} does not offer ${suite}`, {
      value: suite,
      hint: `It offers ${userland.suites?.join(', ') || 'nothing'}.`,
    });
  // Who asked for a package is for messages: it is no part of what the lock answers.
  return { of: contentHash({ arch: definition.arch, suite, names: names.map(({ name }) => name) }), suite, names };
}
