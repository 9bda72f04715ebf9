/** The steps of the form, and which keys of the definition each asks for. A key that is new to us is asked for as well. */
import type { Problem } from './problems.ts';
import type { SchemaNode } from './schema.ts';

export const stepIds = ['basics', 'kernel', 'system', 'image', 'review'] as const;
export type StepId = (typeof stepIds)[number];

export const stepTitles: Readonly<Record<StepId, string>> = {
  basics: 'Basics',
  kernel: 'Kernel',
  system: 'System',
  image: 'Image',
  review: 'Review',
};

const home: Readonly<Record<string, StepId>> = {
  name: 'basics',
  version: 'basics',
  arch: 'basics',
  kernel: 'kernel',
  platform: 'basics',
  hardware: 'kernel',
  filesystem: 'image',
  bootloader: 'image',
  initramfs: 'image',
  image: 'image',
};

export function stepOfKey(key: string): StepId {
  return home[key] ?? 'system';
}

/** Where the field at a place of the definition is asked for. */
export function stepOfPointer(pointer: string): StepId {
  return stepOfKey(pointer.split('/')[1] ?? '');
}

export function keysOf(step: StepId, schema: SchemaNode): string[] {
  return Object.keys(schema.properties ?? {}).filter((key) => stepOfKey(key) === step);
}

export function stepFrom(id: string | undefined): StepId {
  return stepIds.find((step) => step === id) ?? 'basics';
}

/** Where a problem is fixed: in a step, or in the YAML alone where no step asks for its key. */
export function placeOf({ pointer }: Pick<Problem, 'pointer'>, schema: SchemaNode): StepId | 'yaml' {
  const key = pointer.split('/')[1] ?? '';
  return key === '' || schema.properties?.[key] ? stepOfKey(key) : 'yaml';
}

export function problemsIn(place: StepId | 'yaml', problems: readonly Problem[], schema: SchemaNode): Problem[] {
  return problems.filter((problem) => problem.pointer !== '' && placeOf(problem, schema) === place);
}
