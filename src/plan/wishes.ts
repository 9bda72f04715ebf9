/** What a definition asks of the lock: which kernel, which packages, and which of them boot files come from. */
import {
  type DefinitionKey,
  type SourceAsks,
  sourceAsks,
  sourceChoices,
  sourceForms,
} from '../../parts/sources/params.ts';
import { forArchitecture } from '../catalog/by-architecture.ts';
import { isOfKind } from '../catalog/catalog.ts';
import type { Component, ComponentKind, ComponentOf } from '../catalog/component.ts';
import { defaultComponents, earlierParts } from '../definition/defaults.ts';
import type { Definition } from '../definition/definition.ts';
import { ownBases } from '../definition/kernel-base.ts';
import { isOffered } from '../definition/kernel-config.ts';
import { askedPatches, nameOfPatch } from '../definition/kernel-patch.ts';
import { anySeries, versionInName } from '../definition/kernel-series.ts';
import { lastPartOf } from '../definition/web-address.ts';
import { ownValue } from '../own-value.ts';
import type { ChosenPart } from '../stages/chosen-part.ts';
import type { KernelForm } from '../stages/kernel-form.ts';
import type { BootWish, KernelWish, PackagesWish } from '../stages/resolve/contract.ts';
import { contentHash } from './canonical.ts';
import type { Problems } from './problems.ts';
import type { Composition, Plan } from './types.ts';

/** Problems are added; the wishes are only good when there are none. */
export function wishesOf(definition: Definition, composition: Composition, problems: Problems): Plan['wishes'] {
  const component = <Kind extends ComponentKind>(kind: Kind): ComponentOf<Kind> | undefined =>
    composition.components.flatMap(({ component }) => (isOfKind(component, kind) ? component : []))[0];
  return {
    kernel: kernelWish(definition, component('kernel'), problems),
    packages: packagesWish(definition, component('userland'), composition, problems),
    boot: bootWish(definition, composition),
    patches: askedPatches(definition.kernel.patches).flatMap((patch, index) =>
      'url' in patch ? [{ ...patch, pointer: `/kernel/patches/${index}/url` }] : [],
    ),
  };
}

export function kernelWish(
  definition: Definition,
  source: ComponentOf<'kernel'> | undefined,
  problems: Problems,
): KernelWish {
  const offered = source?.kernelSeries ?? [];
  const { version } = definition.kernel;
  const series = version?.split('.').slice(0, 2).join('.') ?? offered[0]?.series;
  const match = offered.find((entry) => entry.series === series) ?? offered.find((entry) => entry.series === anySeries);
  if (source && !match)
    problems.add('/kernel/version', `kernel/${source.name} does not offer ${version ?? 'any version'}`, {
      value: version,
      hint: `It offers ${offered.map((entry) => entry.series).join(', ') || 'nothing'}.`,
    });
  const offer = source && match && { ...match.params, ...offeredBase(definition, source, match, problems) };
  const params = offer && forArchitecture(offer, definition.arch);
  if (source && match && !params)
    problems.add('/kernel/version', `kernel/${source.name} does not offer ${match.series} for ${definition.arch}`, {
      value: version,
      hint: 'Choose another version, or another kernel.source.',
    });
  const part: ChosenPart = { use: match?.use ?? '', params: { ...params, ...asked(definition, match?.use ?? '') } };
  if (source && match) refuseUnasked(definition, source, part, problems);
  if (source && formOf(part) === 'binary') {
    refuseBase(definition, source, problems);
    refusePatches(definition, source, problems);
    refuseModuleSigning(definition, source, problems);
    refuseToolchain(definition, source, problems);
  }
  const newest = series === anySeries ? versionIn(part) : series;
  const wanted = { source: part, version: version ?? newest ?? '' };
  return { wishesSha256: contentHash(kernelQuestion(wanted)), ...wanted };
}

/** What a definition may tell a source, see `sourceAsks`. */
export type KernelKey = DefinitionKey;

const kernelKeys: readonly KernelKey[] = ['url', 'sha256', 'commit', 'tag', 'publicKey'];

function asksOf({ use }: Pick<ChosenPart, 'use'>): SourceAsks {
  return ownValue<SourceAsks>(sourceAsks, use) ?? { takes: [], needs: [], hint: '' };
}

function asked({ kernel }: Definition, use: string): ChosenPart['params'] {
  const given = asksOf({ use }).takes.filter((key) => kernel[key] !== undefined);
  return Object.fromEntries(given.map((key) => [key, kernel[key]]));
}

function refuseUnasked({ kernel }: Definition, source: Component, part: ChosenPart, problems: Problems): void {
  const { takes } = asksOf(part);
  for (const key of kernelKeys)
    if (kernel[key] !== undefined && !takes.includes(key))
      problems.add(`/kernel/${key}`, `kernel/${source.name} takes no ${key}`, {
        value: kernel[key],
        hint: `Leave kernel.${key} out, or choose a kernel.source that takes it.`,
      });
}

/**
 * What the definition has yet to say of its kernel: no obstacle to choosing the source, but nothing can be planned without it.
 */
export function checkKernel(
  { source, version }: Pick<KernelWish, 'source' | 'version'>,
  { kernel: written }: Definition,
  problems: Problems,
): void {
  const { needs, hint } = asksOf(source);
  for (const keys of needs)
    if (keys.every((key) => source.params[key] === undefined)) {
      const told = keys.map((key) => `kernel.${key}`).join(' or ');
      problems.add(`/kernel/${keys[0]}`, `is missing: ${written.source} is told by ${told} what to fetch`, {
        hint: `${hint} Or choose another kernel.source.`,
      });
    }
  if (source.use !== '' && version === '')
    problems.add('/kernel/version', 'is missing, and no name of the source has a version in it', {
      hint: 'Say which version the source is, such as version: "6.12.40".',
    });
}

/**
 * The part as stages that read the kernel are told of it: without what its file was chosen by, which the lock has, so that the
 * same file from elsewhere is compiled once.
 */
export function readingPart({ use, params }: ChosenPart): ChosenPart {
  const choices = ownValue<readonly string[]>(sourceChoices, use) ?? [];
  return { use, params: Object.fromEntries(Object.entries(params).filter(([key]) => !choices.includes(key))) };
}

/** The version in the name of a tag, or in the last part of an address. */
function versionIn({ params: { tag, url } }: ChosenPart): string | undefined {
  const ofTag = typeof tag === 'string' ? versionInName(tag) : undefined;
  return ofTag ?? (typeof url === 'string' ? versionInName(lastPartOf(url)) : undefined);
}

/** What a source of kernels gives; one that there is not is a problem already. */
export function formOf({ use }: ChosenPart): KernelForm {
  return ownValue<KernelForm>(sourceForms, use) ?? 'source';
}

/** Of the sources that were there first, with the words that locks of before are read by. */
function kernelQuestion({ source, version }: Pick<KernelWish, 'source' | 'version'>) {
  const form = formOf(source);
  if (source.use !== '' && source.use !== earlierParts.kernel[form]) return { source, version };
  return { ...source.params, version, form: form === 'source' ? undefined : form };
}

/** What the part is told besides so that it brings the configuration which the definition begins with. */
function offeredBase(
  { kernel: { config } }: Definition,
  { name, kernelSeries }: ComponentOf<'kernel'>,
  { use, params, bases = {}, series }: ComponentOf<'kernel'>['kernelSeries'][number],
  problems: Problems,
): ChosenPart['params'] {
  const { base } = config;
  // A finished kernel begins with none: see refuseBase.
  if (!isOffered(base) || formOf({ use, params }) === 'binary') return {};
  const offered = ownValue(bases, base);
  if (offered) return offered;
  const names = Object.keys(bases);
  const elsewhere = kernelSeries.filter((other) => Object.hasOwn(other.bases ?? {}, base)).map((other) => other.series);
  problems.add('/kernel/config/base', `kernel/${name} has no configuration ${base} for ${series}`, {
    value: base,
    hint:
      elsewhere.length > 0
        ? `It has it for ${elsewhere.join(', ')}: set kernel.version.`
        : `Choose ${[...names, ...ownBases].join(', ')}, or the text of a .config.`,
  });
  return {};
}

/** A finished kernel has its configuration already; the default of kernel.config.base says nothing. */
function refuseBase(definition: Definition, source: Component, problems: Problems): void {
  const { base } = definition.kernel.config;
  if (base === 'tiny') return;
  problems.add('/kernel/config/base', `kernel/${source.name} offers finished kernels, which have their configuration`, {
    value: base,
    hint: 'Leave kernel.config.base out, or choose a kernel.source that is compiled.',
  });
}

/** What is compiled already is changed by nothing. */
function refusePatches({ kernel }: Definition, source: Component, problems: Problems): void {
  kernel.patches.forEach((patch, index) => {
    problems.add(`/kernel/patches/${index}`, `kernel/${source.name} offers finished kernels, which take no patches`, {
      value: nameOfPatch(patch),
      hint: 'Leave the patch out, or choose a kernel.source that is compiled.',
    });
  });
}

/** The default says nothing here, either. */
function refuseToolchain({ kernel: { toolchain } }: Definition, source: Component, problems: Problems): void {
  if (toolchain === defaultComponents.toolchain) return;
  problems.add('/kernel/toolchain', `kernel/${source.name} offers finished kernels, which nothing compiles`, {
    value: toolchain,
    hint: 'Leave kernel.toolchain out, or choose a kernel.source that is compiled.',
  });
}

/** Its modules are signed by whoever compiled them, whose certificate is in it. */
function refuseModuleSigning({ signing: { modules } }: Definition, source: Component, problems: Problems): void {
  if (modules === undefined) return;
  problems.add(
    '/signing/modules',
    `kernel/${source.name} offers finished kernels, whose modules no other key can sign`,
    {
      value: modules,
      hint: 'Leave signing.modules out, or choose a kernel.source that is compiled.',
    },
  );
}

function packagesWish(
  definition: Definition,
  userland: ComponentOf<'userland'> | undefined,
  { packages: names, recommended, userland: part, archiveComponents }: Composition,
  problems: Problems,
): PackagesWish {
  const { suite } = definition.userland;
  if (userland && !userland.suites.includes(suite))
    problems.add('/userland/suite', `userland/${userland.name} does not offer ${suite}`, {
      value: suite,
      hint: `It offers ${userland.suites.join(', ') || 'nothing'}.`,
    });
  // Who asked for a package is for messages: it is no part of what the lock answers.
  const nameOf = ({ name }: { name: string }) => name;
  const question = {
    arch: definition.arch,
    suite,
    // Where nothing is said of the userland it is the one that was there first: so read the locks from before there was another.
    userland: part.use === earlierParts.userland ? undefined : part,
    names: names.map(nameOf),
    recommended: recommended.length > 0 ? recommended.map(nameOf) : undefined,
    ...beside(archiveComponents),
  };
  return { wishesSha256: contentHash(question), suite, names, recommended, ...beside(archiveComponents) };
}

/** They are of the userland's suite, as what the image updates them from later. null where nothing is asked for. */
function bootWish(
  { arch, userland }: Definition,
  { bootPackages: names, archiveComponents }: Composition,
): BootWish | null {
  if (names.length === 0) return null;
  const { suite } = userland;
  const question = { arch, suite, boot: names.map(({ name }) => name), ...beside(archiveComponents) };
  return { wishesSha256: contentHash(question), suite, names, ...beside(archiveComponents) };
}

/** Only where there are any: wishes of definitions that ask for none are what they were. */
function beside(archiveComponents: string[]): Pick<BootWish, 'archiveComponents'> {
  return archiveComponents.length > 0 ? { archiveComponents } : {};
}
