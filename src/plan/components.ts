/**
 * Which components a definition comes to: the chosen ones, and those that their requirements draw in; in dependency
 * order. Unknown names, unmet requirements, conflicts and cycles are all reported, each with its parties and a way out.
 */
import { type Catalog, componentId, provisionsOf } from '../catalog/catalog.ts';
import type { Component, ComponentKind } from '../catalog/component.ts';
import type { Definition } from '../definition/definition.ts';
import { nearest } from '../definition/nearest.ts';
import type { Faults } from './faults.ts';

export interface Selected {
  component: Component;
  /** Where it was chosen (a JSON pointer into the definition), or which component required it. */
  because: string;
}

interface ChoiceOfKind {
  kind: ComponentKind;
  pointer: string;
  of(definition: Definition): readonly string[];
  /** The definition with another component in that place; of those that stand side by side, with one more. */
  choose(definition: Definition, name: string): Definition;
}

/** Where each kind is chosen in the definition; `platform` is drawn in by requirement only. */
export const choices: readonly ChoiceOfKind[] = [
  {
    kind: 'kernel',
    pointer: '/kernel/source',
    of: ({ kernel }) => [kernel.source],
    choose: (definition, source) => ({ ...definition, kernel: { ...definition.kernel, source } }),
  },
  topLevel('init'),
  topLevel('filesystem'),
  topLevel('bootloader'),
  topLevel('security'),
  {
    kind: 'userland',
    pointer: '/userland/base',
    of: ({ userland }) => [userland.base],
    choose: (definition, base) => ({ ...definition, userland: { ...definition.userland, base } }),
  },
  {
    kind: 'format',
    pointer: '/image/formats',
    of: ({ image }) => image.formats,
    choose: (definition, name) => ({
      ...definition,
      image: { ...definition.image, formats: [...definition.image.formats, name] },
    }),
  },
];

function topLevel(kind: 'init' | 'filesystem' | 'bootloader' | 'security'): ChoiceOfKind {
  return {
    kind,
    pointer: `/${kind}`,
    of: (definition) => [definition[kind]],
    choose: (definition, name) => ({ ...definition, [kind]: name }),
  };
}

/** What a definition chooses, kind by kind. */
export function chosenNames(definition: Definition): { kind: ComponentKind; name: string }[] {
  return choices.flatMap(({ kind, of }) => of(definition).map((name) => ({ kind, name })));
}

/** The components of a definition in dependency order: what is required comes before what requires it. */
export function selectComponents(definition: Definition, catalog: Catalog, faults: Faults): Selected[] {
  const selected = chosen(definition, catalog, faults);
  drawIn(selected, definition, catalog, faults);
  reportConflicts(selected, faults);
  return inDependencyOrder(selected, faults);
}

function chosen(definition: Definition, catalog: Catalog, faults: Faults): Selected[] {
  return choices.flatMap(({ kind, pointer, of }) =>
    of(definition).flatMap((name, index) => {
      const because = kind === 'format' ? `${pointer}/${index}` : pointer;
      const component = catalog.find(kind, name);
      if (!component) {
        const names = catalog.ofKind(kind).map((known) => known.name);
        const near = nearest(name, names);
        faults.add(because, `there is no component ${kind}/${name}`, {
          value: name,
          hint: near[0] ? `Did you mean ${near.join(' or ')}?` : `Use one of: ${names.join(', ')}.`,
        });
        return [];
      }
      if (!component.arch.includes(definition.arch))
        faults.add(because, `${componentId(component)} does not support ${definition.arch}`, {
          value: name,
          hint: `It supports ${component.arch.join(', ')}; choose another ${kind} or another arch.`,
        });
      return [{ component, because }];
    }),
  );
}

/** Adds what requirements need, until nothing is missing. Grows `selected`. */
function drawIn(selected: Selected[], definition: Definition, catalog: Catalog, faults: Faults): void {
  // The list grows while it is walked: what is drawn in has requirements too.
  for (const { component, because } of selected) {
    for (const alternatives of requirementsOf(component)) {
      if (providerOf(alternatives, selected)) continue;
      const candidate = alternatives
        .flatMap((capability) => catalog.providersOf(capability))
        .find(
          (provider) =>
            provider.kind === 'platform' &&
            provider.arch.includes(definition.arch) &&
            !conflictsWithAny(provider, selected),
        );
      if (candidate) selected.push({ component: candidate, because: `required by ${componentId(component)}` });
      else reportUnmet(component, because, alternatives, catalog, faults);
    }
  }
}

function reportUnmet(
  component: Component,
  because: string,
  alternatives: readonly string[],
  catalog: Catalog,
  faults: Faults,
): void {
  const wanted = alternatives.join(' or ');
  const providers = alternatives.flatMap((capability) => catalog.providersOf(capability));
  const hint =
    providers.length === 0
      ? `Nothing in the catalog provides it: add a component that does, or leave ${componentId(component)} out.`
      : `Choose one that provides it (${providers.map((provider) => `${provider.kind}: ${provider.name}`).join(', ')}), or leave ${componentId(component)} out.`;
  faults.add(
    because.startsWith('/') ? because : '',
    `${componentId(component)} requires ${wanted}, which no chosen component provides`,
    { value: component.name, hint },
  );
}

function reportConflicts(selected: readonly Selected[], faults: Faults): void {
  for (const { component, because } of selected) {
    for (const capability of component.conflicts) {
      for (const other of selected) {
        if (other.component === component || !provisionsOf(other.component).includes(capability)) continue;
        faults.add(
          because.startsWith('/') ? because : other.because,
          `${componentId(component)} (${because}) conflicts with ${componentId(other.component)} (${other.because}), which provides ${capability}`,
          { value: component.name, hint: 'Choose another for one of the two.' },
        );
      }
    }
  }
}

/** Depth-first topological order; names the members of a cycle. */
function inDependencyOrder(selected: readonly Selected[], faults: Faults): Selected[] {
  const ordered: Selected[] = [];
  const visiting: Selected[] = [];
  const visit = (entry: Selected): void => {
    if (ordered.includes(entry)) return;
    const start = visiting.indexOf(entry);
    if (start >= 0) {
      const cycle = [...visiting.slice(start), entry].map(({ component }) => componentId(component));
      const pointer = visiting.slice(start).find(({ because }) => because.startsWith('/'))?.because ?? '';
      faults.add(pointer, `these components require each other in a circle: ${cycle.join(' → ')}`, {
        hint: 'Remove one of these requirements from its component file.',
      });
      return;
    }
    visiting.push(entry);
    for (const alternatives of requirementsOf(entry.component)) {
      const provider = providerOf(alternatives, selected);
      if (provider && provider !== entry) visit(provider);
    }
    visiting.pop();
    if (!ordered.includes(entry)) ordered.push(entry);
  };
  for (const entry of selected) visit(entry);
  return ordered;
}

/** Every requirement as a list of alternatives. */
export function requirementsOf(component: Component): string[][] {
  return component.requires.map((requirement) => (typeof requirement === 'string' ? [requirement] : requirement));
}

function providerOf(alternatives: readonly string[], selected: readonly Selected[]): Selected | undefined {
  for (const capability of alternatives) {
    const provider = selected.find(({ component }) => provisionsOf(component).includes(capability));
    if (provider) return provider;
  }
  return undefined;
}

function conflictsWithAny(candidate: Component, selected: readonly Selected[]): boolean {
  const provided = provisionsOf(candidate);
  return selected.some(
    ({ component }) =>
      component.conflicts.some((capability) => provided.includes(capability)) ||
      candidate.conflicts.some((capability) => provisionsOf(component).includes(capability)),
  );
}
