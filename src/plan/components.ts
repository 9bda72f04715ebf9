/**
 * Which components a definition comes to: the chosen ones, and those that their requirements draw in; in dependency
 * order. Unknown names, unmet requirements, conflicts and cycles are all reported, each with its parties and a way out.
 */
import { type Catalog, componentId, provisionsOf } from '../catalog/catalog.ts';
import type { Component, ComponentKind } from '../catalog/component.ts';
import { defaultComponents } from '../definition/defaults.ts';
import { type Definition, securityNames } from '../definition/definition.ts';
import { askedFormat } from '../definition/image-formats.ts';
import { nearest } from '../definition/nearest.ts';
import { fromComponent, fromDefinition, isDefinition, type Origin, pointerOf } from '../stages/origin.ts';
import { otherFileSystems, rootFileSystem, withRootFileSystem } from './disk/file-systems.ts';
import type { Problems } from './problems.ts';
import { hasOwnFirmware, isInPlace, isTarget, knownBootLoader, platformKey } from './target.ts';

export interface Selected {
  component: Component;
  /** The place in the definition that chose it, or the component that required it. */
  origin: Origin;
}

interface ChoiceOfKind {
  kind: ComponentKind;
  of(definition: Definition): readonly string[];
  /** Where this definition names the one of that index, as a JSON pointer. */
  placeOf(definition: Definition, index: number): string;
  /** The definition with another component in that place; of those that stand side by side, with one more. */
  choose(definition: Definition, component: Component): Definition;
}

/** Where each kind is chosen in the definition. What is required beside them, of kind `platform`, is drawn in. */
export const choices: readonly ChoiceOfKind[] = [
  {
    kind: 'kernel',
    of: ({ kernel }) => [kernel.source],
    placeOf: () => '/kernel/source',
    choose: (definition, { name: source }) => ({ ...definition, kernel: { ...definition.kernel, source } }),
  },
  {
    kind: 'toolchain',
    of: ({ kernel }) => [kernel.toolchain],
    placeOf: () => '/kernel/toolchain',
    choose: (definition, { name: toolchain }) => ({ ...definition, kernel: { ...definition.kernel, toolchain } }),
  },
  {
    kind: 'init',
    of: ({ init }) => [init],
    placeOf: () => '/init',
    choose: (definition, { name }) => ({ ...definition, init: name }),
  },
  {
    kind: 'filesystem',
    of: (definition) => [rootFileSystem(definition).name],
    placeOf: (definition) => rootFileSystem(definition).pointer,
    choose: (definition, { name }) => withRootFileSystem(definition, name),
  },
  {
    kind: 'bootloader',
    of: knownBootLoader,
    placeOf: () => '/bootloader',
    choose: (definition, { name }) => ({ ...definition, bootloader: name }),
  },
  {
    kind: 'initramfs',
    of: ({ initramfs }) => [initramfs],
    placeOf: () => '/initramfs',
    choose: (definition, { name }) => ({ ...definition, initramfs: name }),
  },
  {
    kind: 'security',
    of: securityNames,
    placeOf: ({ security }, index) => (typeof security === 'string' ? '/security' : `/security/${index}`),
    // Nothing, the default, gives way to what is chosen, and the other way round.
    choose: (definition, { name }) => {
      const others = securityNames(definition).filter((other) => other !== defaultComponents.security);
      return { ...definition, security: name === defaultComponents.security ? name : [...others, name] };
    },
  },
  {
    kind: 'userland',
    of: ({ userland }) => [userland.base],
    placeOf: () => '/userland/base',
    choose: (definition, { name: base }) => ({ ...definition, userland: { ...definition.userland, base } }),
  },
  {
    kind: 'format',
    of: ({ image }) => image.formats.map((entry) => askedFormat(entry).name),
    placeOf: (_definition, index) => `/image/formats/${index}`,
    choose: (definition, { name }) => ({
      ...definition,
      image: { ...definition.image, formats: [...definition.image.formats, name] },
    }),
  },
  {
    kind: 'platform',
    of: platformNames,
    placeOf: ({ platform }, index) =>
      platform !== undefined && index === 0 ? platformKey : `/hardware/${index - (platform === undefined ? 0 : 1)}`,
    choose: (definition, component) =>
      isTarget(component)
        ? { ...definition, platform: component.name }
        : { ...definition, hardware: [...definition.hardware, component.name] },
  },
];

/** The machine that the image is for comes first. */
function platformNames({ platform, hardware }: Definition): string[] {
  return [...(platform === undefined ? [] : [platform]), ...hardware];
}

/** What a definition chooses, kind by kind. */
export function chosenNames(definition: Definition): { kind: ComponentKind; name: string }[] {
  return choices.flatMap(({ kind, of }) => {
    const others = kind === 'filesystem' ? otherFileSystems(definition).map(({ name }) => name) : [];
    return [...new Set([...of(definition), ...others])].map((name) => ({ kind, name }));
  });
}

/** The components of a definition in dependency order: what is required comes before what requires it. */
export function selectComponents(definition: Definition, catalog: Catalog, problems: Problems): Selected[] {
  const selection = new Selection();
  for (const entry of chosen(definition, catalog, problems)) selection.add(entry);
  drawIn(selection, definition, catalog, problems);
  reportConflicts(selection, problems);
  return inDependencyOrder(selection, problems);
}

/** The components chosen so far, found by what they provide and by what they exclude. */
class Selection {
  readonly entries: Selected[] = [];
  readonly #providers = new Map<string, Selected[]>();
  readonly #excluded = new Set<string>();

  add(entry: Selected): void {
    this.entries.push(entry);
    for (const provision of new Set(provisionsOf(entry.component))) {
      const providers = this.#providers.get(provision);
      if (providers) providers.push(entry);
      else this.#providers.set(provision, [entry]);
    }
    for (const provision of entry.component.conflicts) this.#excluded.add(provision);
  }

  providersOf(provision: string): readonly Selected[] {
    return this.#providers.get(provision) ?? [];
  }

  /** What was chosen first for the first of the alternatives that anything is chosen for. */
  providerOf(alternatives: readonly string[]): Selected | undefined {
    for (const provision of alternatives) {
      const [provider] = this.providersOf(provision);
      if (provider) return provider;
    }
    return undefined;
  }

  /** The chosen component that nothing of the candidate may stand beside. */
  excluderOf(candidate: Component): Selected | undefined {
    const provisions = provisionsOf(candidate);
    return this.entries.find(({ component }) => component.conflicts.some((one) => provisions.includes(one)));
  }

  excludes(candidate: Component): boolean {
    return (
      provisionsOf(candidate).some((provision) => this.#excluded.has(provision)) ||
      candidate.conflicts.some((provision) => this.#providers.has(provision))
    );
  }
}

function chosen(definition: Definition, catalog: Catalog, problems: Problems): Selected[] {
  return choices.flatMap(({ kind, placeOf, of }) => {
    const names = of(definition).map((name, index) => ({ name, place: placeOf(definition, index) }));
    const others = kind === 'filesystem' ? otherFileSystems(definition) : [];
    const all = [...names, ...others.map(({ name, pointer }) => ({ name, place: pointer }))];
    return all.flatMap(({ name, place }, index) => {
      // One component may be asked for in several ways, and for several partitions; it is chosen once.
      if (all.findIndex((other) => other.name === name) < index) return [];
      const component = chosenComponent(kind, name, place, definition, catalog, problems);
      return component ? { component, origin: fromDefinition(place) } : [];
    });
  });
}

function chosenComponent(
  kind: ComponentKind,
  name: string,
  place: string,
  { arch }: Definition,
  catalog: Catalog,
  problems: Problems,
): Component | undefined {
  const component = catalog.find(kind, name);
  if (component) {
    if (!isInPlace(component, place, catalog, problems)) return undefined;
    if (!component.arch.includes(arch))
      problems.add(place, `${componentId(component)} does not support ${arch}`, {
        value: name,
        hint: `It supports ${component.arch.join(', ')}; choose another ${kind} or another arch.`,
      });
    return component;
  }
  const unusable = catalog.unusable.find((stored) => stored.kind === kind && stored.name === name);
  if (unusable) {
    problems.add(place, `${kind}/${name} cannot be used: ${unusable.why}`, { value: name, hint: unusable.hint });
    return undefined;
  }
  const names = catalog.ofKind(kind).map((known) => known.name);
  const near = nearest(name, names);
  problems.add(place, `there is no component ${kind}/${name}`, {
    value: name,
    hint: near[0] ? `Did you mean ${near.join(' or ')}?` : `Use one of: ${few(names)}.`,
  });
  return undefined;
}

/** Adds what requirements need, until nothing is missing. Grows `selection`. */
function drawIn(selection: Selection, definition: Definition, catalog: Catalog, problems: Problems): void {
  const fits = (provider: Component) =>
    provider.kind === 'platform' &&
    !hasOwnFirmware(provider) &&
    provider.arch.includes(definition.arch) &&
    !selection.excludes(provider);
  for (const { provision, pointer, what } of wantedOfKernel(definition)) {
    if (selection.providerOf([provision])) continue;
    const component = catalog.providersOf(provision).find(fits);
    if (component) selection.add({ component, origin: fromDefinition(pointer) });
    else
      problems.add(pointer, `there is no component that provides ${provision} for ${definition.arch}`, {
        value: true,
        hint: `Add one to the catalog, or leave ${what} out.`,
      });
  }
  // The list grows while it is walked: what is drawn in has requirements too.
  for (const { component, origin } of selection.entries) {
    for (const alternatives of requirementsOf(component)) {
      if (selection.providerOf(alternatives)) continue;
      let candidate: Component | undefined;
      for (const provision of alternatives) candidate ??= catalog.providersOf(provision).find(fits);
      if (candidate) selection.add({ component: candidate, origin: fromComponent(componentId(component)) });
      else reportUnmet({ component, origin }, alternatives, { catalog, selection }, problems);
    }
  }
}

/** What a definition asks of the kernel without naming a component: what one provides, and where it is asked for. */
function wantedOfKernel({ image, root, signing }: Definition): { provision: string; pointer: string; what: string }[] {
  const swap = image.partitions?.findIndex((one) => one.swap === true) ?? -1;
  return [
    ...(swap < 0
      ? []
      : [{ provision: 'swap-space', pointer: `/image/partitions/${swap}/swap`, what: 'the swap space' }]),
    ...(root?.verity ? [{ provision: 'checked-root', pointer: '/root/verity', what: 'root.verity' }] : []),
    ...(signing.modules === undefined
      ? []
      : [{ provision: 'signed-modules', pointer: '/signing/modules', what: 'signing.modules' }]),
  ];
}

function reportUnmet(
  { component, origin }: Selected,
  alternatives: readonly string[],
  { catalog, selection }: { catalog: Catalog; selection: Selection },
  problems: Problems,
): void {
  const id = componentId(component);
  const wanted = alternatives.join(' or ');
  const providers = problems.full ? [] : alternatives.flatMap((provision) => catalog.providersOf(provision));
  const by = providers.map((provider) => selection.excluderOf(provider));
  const [excluder] = by;
  const told = (message: string, hint: string) =>
    problems.add(pointerOf(origin), `${id} requires ${wanted}, which ${message}`, { value: component.name, hint });
  if (excluder && !by.includes(undefined)) {
    const other = componentId(excluder.component);
    told(`${other} (${chosenHow(excluder.origin)}) rules out`, `Leave ${id} out, or choose another for ${other}.`);
  } else if (providers.length === 0)
    told(
      'no chosen component provides',
      `Nothing in the catalog provides it: add a component that does, or leave ${id} out.`,
    );
  else
    told(
      'no chosen component provides',
      `Choose one that provides it (${few(providers.map((provider) => `${provider.kind}: ${provider.name}`))}), or leave ${id} out.`,
    );
}

/** In words: the place in the definition, or whose requirement it is. */
export function chosenHow(origin: Origin): string {
  return isDefinition(origin) ? origin.pointer : `required by ${origin.name}`;
}

/** How many names a hint lists. */
const mostNamed = 20;

function few(names: readonly string[], separator = ', '): string {
  const more = names.length - mostNamed;
  return names.slice(0, mostNamed).join(separator) + (more > 0 ? ` and ${more} more` : '');
}

function reportConflicts(selection: Selection, problems: Problems): void {
  for (const { component, origin } of selection.entries) {
    for (const provision of component.conflicts) {
      for (const other of selection.providersOf(provision)) {
        if (other.component === component) continue;
        problems.add(
          pointerOf(origin, pointerOf(other.origin)),
          `${componentId(component)} (${chosenHow(origin)}) conflicts with ${componentId(other.component)} (${chosenHow(other.origin)}), which provides ${provision}`,
          { value: component.name, hint: 'Choose another for one of the two.' },
        );
      }
    }
  }
}

/** Depth-first topological order; names the members of a cycle. */
function inDependencyOrder(selection: Selection, problems: Problems): Selected[] {
  const ordered = new Set<Selected>();
  const visiting = new Set<Selected>();
  const visit = (entry: Selected): void => {
    if (ordered.has(entry)) return;
    if (visiting.has(entry)) {
      const path = [...visiting];
      const circle = path.slice(path.indexOf(entry));
      const cycle = [...circle, entry].map(({ component }) => componentId(component));
      const pointer = circle.map(({ origin }) => pointerOf(origin)).find((place) => place !== '') ?? '';
      problems.add(pointer, `these components require each other in a circle: ${few(cycle, ' → ')}`, {
        hint: 'Remove one of these requirements from its component file.',
      });
      return;
    }
    visiting.add(entry);
    for (const alternatives of requirementsOf(entry.component)) {
      const provider = selection.providerOf(alternatives);
      if (provider && provider !== entry) visit(provider);
    }
    visiting.delete(entry);
    ordered.add(entry);
  };
  for (const entry of selection.entries) visit(entry);
  return [...ordered];
}

/** Every requirement as a list of alternatives. */
export function requirementsOf(component: Component): string[][] {
  return component.requires.map((requirement) => (typeof requirement === 'string' ? [requirement] : requirement));
}
