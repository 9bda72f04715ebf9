/** The machine that an image is for, as `platform` of a definition names it. Pure. */
import { type Catalog, componentId, isOfKind } from '../catalog/catalog.ts';
import type { Component } from '../catalog/component.ts';
import { defaultComponents } from '../definition/defaults.ts';
import type { Definition } from '../definition/definition.ts';
import type { Problems } from './problems.ts';

/** Where a definition names it. */
export const platformKey = '/platform';

/** A definition that names its boot loader. */
export type Settled = Definition & { bootloader: string };

/** The definition with the boot loader that it gets where it names none: what the firmware of its machine starts, else the usual one. */
export function settled(definition: Definition, catalog: Catalog): Settled {
  const { platform, bootloader } = definition;
  const target = platform === undefined ? undefined : catalog.find('platform', platform)?.target;
  return { ...definition, bootloader: bootloader ?? target?.bootloader ?? defaultComponents.bootloader };
}

/** What a definition chooses without a look at the catalog: nothing where its machine says which. */
export function knownBootLoader({ bootloader, platform }: Definition): string[] {
  if (bootloader !== undefined) return [bootloader];
  return platform === undefined ? [defaultComponents.bootloader] : [];
}

export function isTarget(component: Component): boolean {
  return isOfKind(component, 'platform') && component.target !== undefined;
}

/** A machine whose firmware starts one boot loader alone: nobody gets it that does not name it. */
export function hasOwnFirmware(component: Component): boolean {
  return isOfKind(component, 'platform') && component.target?.bootloader !== undefined;
}

/** Whether a component that stands under `platform` or `hardware` belongs there; a problem where not. */
export function isInPlace(component: Component, place: string, catalog: Catalog, problems: Problems): boolean {
  const { name } = component;
  const id = componentId(component);
  if (place === platformKey && !isTarget(component)) {
    problems.add(place, `${id} is no machine that an image is for, but hardware of machines`, {
      value: name,
      hint: `Name it under hardware; platform is one of ${targetsIn(catalog).join(', ')}.`,
    });
    return false;
  }
  if (place === platformKey || !hasOwnFirmware(component)) return true;
  problems.add(place, `${id} is a machine with firmware of its own, which an image is for as a whole`, {
    value: name,
    hint: `Write platform: ${name}.`,
  });
  return false;
}

function targetsIn(catalog: Catalog): string[] {
  return catalog
    .ofKind('platform')
    .filter(isTarget)
    .map(({ name }) => name);
}
