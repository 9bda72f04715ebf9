/**
 * The parts that a component names: whether there are such, and whether what it asks of them is what their own schemas take.
 * Only these schemas are known here, and none of the code behind them.
 */
import type * as z from 'zod';
import { type Architecture, architectures } from '../architecture.ts';
import { knownKeys } from '../definition/known-keys.ts';
import { explainIssues, wording } from '../definition/parse.ts';
import type { ErrorDetail } from '../errors.ts';
import { ownValue } from '../own-value.ts';
import type { ConsoleSigns } from '../stages/boot/contract.ts';
import type { ChosenPart } from '../stages/chosen-part.ts';
import type { PlannedPartition } from '../stages/package/contract.ts';
import { forArchitecture } from './by-architecture.ts';
import type { WrittenComponent, WrittenContributions, WrittenSeries } from './component.ts';
import { type PartKind, partParams } from './part-params.ts';

/** Where the parts of each kind of component are. */
export const partKinds = {
  kernel: 'sources',
  toolchain: 'toolchains',
  init: 'inits',
  filesystem: 'filesystems',
  bootloader: 'bootloaders',
  initramfs: 'initramfs',
  format: 'formats',
  userland: 'userlands',
} as const;

/** What parts of a kind are called in a message. */
const words: Readonly<Record<PartKind, string>> = {
  bootloaders: 'a boot loader',
  checks: 'a check',
  filesystems: 'a file system',
  formats: 'a format',
  initramfs: 'an initramfs',
  growth: 'what makes partitions grow',
  inits: 'an init system',
  labels: 'what labels files',
  machines: 'a machine',
  sources: 'a source of kernels',
  toolchains: 'a toolchain',
  userlands: 'a userland',
};

type Contributed = Omit<WrittenContributions, 'bootsOn' | 'labels' | 'partitions' | 'console'> & {
  bootsOn: ChosenPart[];
  labels?: ChosenPart;
  partitions: (Omit<WrittenContributions['partitions'][number], 'fileSystem'> & Pick<PlannedPartition, 'fileSystem'>)[];
  console: ConsoleSigns;
};
/** A file system of a partition that does not hold the root. */
type MountedFileSystem = { params: ChosenPart['params'] } & Pick<
  NonNullable<Extract<WrittenComponent, { kind: 'filesystem' }>['mounted']>,
  'options' | 'fsckPass'
>;
/** A series of kernels with the part that it comes from, which may have values that differ between architectures. */
export type OfferedSeries = Pick<WrittenSeries, 'series' | 'bases'> & ChosenPart;
type Checked<Written> = Written extends WrittenComponent
  ? Omit<Written, 'contributes' | 'perArch' | 'kernelSeries' | 'mounted'> & {
      contributes: Contributed;
      perArch: Partial<Record<Architecture, Contributed>>;
    } & (Written extends { kernelSeries: WrittenSeries[] } ? { kernelSeries: OfferedSeries[] } : unknown) &
      (Written extends { kind: 'filesystem' } ? { mounted?: MountedFileSystem | undefined } : unknown)
  : never;

/** Fills in the parameters' own defaults, and adds an issue for everything that no part takes. */
export function checkedParts(written: WrittenComponent, context: z.RefinementCtx): Checked<WrittenComponent> {
  const own =
    'use' in written && written.kind !== 'kernel'
      ? checkedPart(partKinds[written.kind], written, [], context)
      : undefined;
  const contributed = ({ labels, ...contributions }: WrittenContributions, path: PropertyKey[]): Contributed => ({
    ...contributions,
    ...(labels === undefined ? {} : { labels: namedPart('labels', labels, [...path, 'labels'], context) }),
    bootsOn: contributions.bootsOn.map((machine, index) =>
      namedPart('machines', machine, [...path, 'bootsOn', index], context),
    ),
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
  if (written.kind === 'kernel')
    return { ...written, contributes, perArch, kernelSeries: checkedSeries(written, context) };
  if (written.kind === 'filesystem') {
    const { mounted: _, ...rest } = written;
    return { ...rest, ...own, ...checkedMounted(written, own, context), contributes, perArch };
  }
  if (written.kind === 'init') return { ...written, ...own, ...checkedGrowth(written, context), contributes, perArch };
  return { ...written, ...own, contributes, perArch };
}

/** The parameters of a file system that does not hold the root: its own, or those that it has where it does. */
function checkedMounted(
  { use, mounted }: Extract<WrittenComponent, { kind: 'filesystem' }>,
  own: ChosenPart | undefined,
  context: z.RefinementCtx,
): { mounted?: MountedFileSystem } {
  if (!mounted) return {};
  const asked = { use, params: mounted.params ?? own?.params ?? {} };
  const { params } = mounted.params ? checkedPart('filesystems', asked, ['mounted'], context, ['use']) : asked;
  return { mounted: { ...mounted, params } };
}

function checkedGrowth({ growth }: Extract<WrittenComponent, { kind: 'init' }>, context: z.RefinementCtx) {
  return growth ? { growth: { ...growth, ...checkedPart('growth', growth, ['growth'], context) } } : {};
}

/**
 * Each series with what the component says for all of them. It is checked for every architecture that it is there for, and
 * stays as it is written: the part fills in its defaults.
 */
function checkedSeries(
  { use, params, arch: own, kernelSeries }: Extract<WrittenComponent, { kind: 'kernel' }>,
  context: z.RefinementCtx,
): OfferedSeries[] {
  if (!schemaOf('sources', use)) {
    reportUnknown('sources', use, ['use'], context);
    return [];
  }
  return kernelSeries.map(({ series, bases, ...said }, index) => {
    const path = ['kernelSeries', index];
    const isOwn = said.use === undefined || said.use === use;
    const source = { use: said.use ?? use, params: { ...(isOwn ? params : {}), ...said.params } };
    checkSource(source, own, path, context);
    for (const [name, more] of Object.entries(bases ?? {}))
      checkSource({ ...source, params: { ...source.params, ...more } }, own, [...path, 'bases', name], context);
    return { series, ...(bases ? { bases } : {}), ...source };
  });
}

function checkSource(source: ChosenPart, own: readonly Architecture[], path: PropertyKey[], context: z.RefinementCtx) {
  const asked = own.map((arch) => forArchitecture(source.params, arch)).filter((one) => one !== undefined);
  for (const params of asked.length > 0 ? asked : [source.params]) {
    const before = context.issues.length;
    checkedPart('sources', { use: source.use, params }, path, context);
    // What is wrong is most often wrong for each of them.
    if (context.issues.length > before) break;
  }
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
  const schema = schemaOf(kind, asked.use);
  if (!schema) {
    reportUnknown(kind, asked.use, namePath, context);
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

/**
 * The parameters of a part that is there, with those of a definition over those of its component. What the part does not take
 * is told with pointers below the place where the definition has them, and with what may be meant.
 */
export function withParams(
  kind: PartKind,
  { use, params }: ChosenPart,
  asked: Readonly<Record<string, unknown>>,
): { part: ChosenPart } | { problems: ErrorDetail[] } {
  const schema = schemaOf(kind, use);
  if (!schema) throw new Error(`there is no part ${use} among ${kind}`);
  const parsed = schema.safeParse({ ...params, ...asked });
  if (parsed.success) return { part: { use, params: parsed.data } };
  const known = knownKeys(schema, []);
  const takes = known.length === 0 ? 'it takes none' : `it takes ${known.join(', ')}`;
  return {
    problems: explainIssues(parsed.error.issues, asked, schema).map((problem) =>
      known.includes(problem.pointer.split('/')[1] ?? '') ? problem : { ...problem, hint: hintOf(problem, takes) },
    ),
  };
}

/** What may be meant by an unknown key, and which there are. */
function hintOf({ hint }: ErrorDetail, takes: string): string {
  const near = hint?.startsWith('Did you mean')
    ? `${hint} Of its own, `
    : 'Remove it or correct its spelling: of its own, ';
  return `${near}${takes}.`;
}

function schemaOf(kind: PartKind, use: string): z.ZodType<Record<string, unknown>> | undefined {
  return ownValue<z.ZodType<Record<string, unknown>>>(partParams[kind], use);
}

function reportUnknown(kind: PartKind, use: string, path: PropertyKey[], context: z.RefinementCtx): void {
  context.issues.push({
    code: 'invalid_value',
    values: Object.keys(partParams[kind]),
    message: `must be ${words[kind]} that there is a part for`,
    path,
    input: use,
  });
}
