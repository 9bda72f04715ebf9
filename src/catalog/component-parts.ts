/**
 * The parts that a component names: whether there are such, and whether what it asks of them is what their own schemas take.
 * Only these schemas are known here, and none of the code behind them.
 */
import type * as z from 'zod';
import { type Architecture, architectures } from '../architecture.ts';
import { wording } from '../definition/parse.ts';
import type { ConsoleSigns } from '../stages/boot/contract.ts';
import type { ChosenPart } from '../stages/chosen-part.ts';
import type { PlannedPartition } from '../stages/package/contract.ts';
import type { WrittenComponent, WrittenContributions } from './component.ts';
import { type PartKind, partParams } from './part-params.ts';

/** Where the parts of each kind of component are. */
export const partKinds = {
  init: 'inits',
  filesystem: 'filesystems',
  bootloader: 'bootloaders',
  format: 'formats',
  userland: 'userlands',
} as const;

/** What parts of a kind are called in a message. */
const words: Readonly<Record<PartKind, string>> = {
  bootloaders: 'a boot loader',
  checks: 'a check',
  filesystems: 'a file system',
  formats: 'a format',
  inits: 'an init system',
  userlands: 'a userland',
};

type Contributed = Omit<WrittenContributions, 'partitions' | 'console'> & {
  partitions: PlannedPartition[];
  console: ConsoleSigns;
};
type Checked<Written> = Written extends WrittenComponent
  ? Omit<Written, 'contributes' | 'perArch'> & {
      contributes: Contributed;
      perArch: Partial<Record<Architecture, Contributed>>;
    }
  : never;

/** Fills in the parameters' own defaults, and adds an issue for everything that no part takes. */
export function checkedParts(written: WrittenComponent, context: z.RefinementCtx): Checked<WrittenComponent> {
  const own = 'use' in written ? checkedPart(partKinds[written.kind], written, [], context) : undefined;
  const contributed = (contributions: WrittenContributions, path: PropertyKey[]): Contributed => ({
    ...contributions,
    console: checkedSigns(contributions.console, [...path, 'console'], context),
    partitions: contributions.partitions.map(({ fileSystem, ...partition }, index) => {
      const at = [...path, 'partitions', index, 'fileSystem'];
      if (fileSystem) return { ...partition, fileSystem: namedPart('filesystems', fileSystem, at, context) };
      if (written.kind === 'filesystem' && own) return { ...partition, fileSystem: own };
      const message = 'is missing: only a component of kind filesystem means its own';
      context.issues.push({ code: 'custom', message, path: at, input: partition });
      return { ...partition, fileSystem: { use: '', params: {} } };
    }),
  });
  const perArch: Partial<Record<Architecture, Contributed>> = {};
  for (const arch of architectures) {
    const contributions = written.perArch[arch];
    if (contributions) perArch[arch] = contributed(contributions, ['perArch', arch]);
  }
  const contributes = contributed(written.contributes, ['contributes']);
  return { ...written, ...own, contributes, perArch };
}

function checkedSigns(
  { check, ...signs }: WrittenContributions['console'],
  path: PropertyKey[],
  context: z.RefinementCtx,
): ConsoleSigns {
  return check === undefined ? signs : { ...signs, check: namedPart('checks', check, [...path, 'check'], context) };
}

/** A part that is named alone, or with parameters. */
function namedPart(kind: PartKind, asked: string | ChosenPart, path: PropertyKey[], context: z.RefinementCtx) {
  return typeof asked === 'string'
    ? checkedPart(kind, { use: asked, params: {} }, path, context, path)
    : checkedPart(kind, asked, path, context);
}

/** The part with all its parameters. `path` is where it stands, `namePath` where its name does. */
function checkedPart(
  kind: PartKind,
  asked: ChosenPart,
  path: PropertyKey[],
  context: z.RefinementCtx,
  namePath = [...path, 'use'],
): ChosenPart {
  const schemas: Readonly<Record<string, z.ZodType<Record<string, unknown>>>> = partParams[kind];
  const schema = Object.hasOwn(schemas, asked.use) ? schemas[asked.use] : undefined;
  if (!schema) {
    context.issues.push({
      code: 'invalid_value',
      values: Object.keys(schemas),
      message: `must be ${words[kind]} that there is a part for`,
      path: namePath,
      input: asked.use,
    });
    return asked;
  }
  const parsed = schema.safeParse(asked.params);
  if (parsed.success) return { use: asked.use, params: parsed.data };
  for (const issue of parsed.error.issues) {
    const place = { path: [...path, 'params', ...issue.path], input: undefined };
    if (issue.code === 'unrecognized_keys')
      context.issues.push({ ...place, code: issue.code, keys: issue.keys, input: {} });
    else if (issue.code === 'invalid_value') context.issues.push({ ...place, code: issue.code, values: issue.values });
    else context.issues.push({ ...place, code: 'custom', message: wording(issue) });
  }
  return asked;
}
