/** What may be asked of a suite or a kernel outside any build, and the answers. */
import * as z from 'zod';
import { Architecture, Kernel } from '../definition/definition.ts';
import { KconfigEntry } from '../stages/prepare/kconfig-query.ts';
import { PackageEntry, SuiteName } from '../stages/resolve/packages-query.ts';
import { LockDraftRequest } from './lock.ts';

const search = {
  text: z
    .string()
    .max(200)
    .default('')
    .describe('Words that must all be found, in the name or what is said of it. Without any, everything is.'),
  limit: z.int().min(1).max(200).default(20).describe('How many at the most.'),
};

export const PackageQuery = z.strictObject({
  suite: SuiteName.describe('A suite such as trixie.'),
  arch: Architecture,
  ...search,
});
export type PackageQuery = z.infer<typeof PackageQuery>;

export const KconfigQuery = z.strictObject({
  arch: Architecture,
  source: Kernel.shape.source,
  version: Kernel.shape.version,
  url: Kernel.shape.url,
  sha256: Kernel.shape.sha256,
  commit: Kernel.shape.commit,
  tag: Kernel.shape.tag,
  publicKey: Kernel.shape.publicKey,
  ...search,
});
export type KconfigQuery = z.infer<typeof KconfigQuery>;

export const KernelConfigRequest = LockDraftRequest.omit({ update: true });

export const KernelConfigAnswer = z.strictObject({
  version: z.string().describe('Of the source, such as 6.12.57.'),
  release: z.string().describe('What `uname -r` will say.'),
  cached: z.boolean().describe('Whether it was there already.'),
  notHeld: z
    .array(z.strictObject({ symbol: z.string(), reason: z.string() }))
    .describe('What components merely suggest, and could not be had.'),
  config: z.string().describe('The text of the .config.'),
});
export type KernelConfigAnswer = z.infer<typeof KernelConfigAnswer>;

const total = z.int().nonnegative().describe('All that are found, `items` being the best of them.');

export const PackageAnswer = z.strictObject({ items: z.array(PackageEntry), total });
export type PackageAnswer = z.infer<typeof PackageAnswer>;

export const KconfigAnswer = z.strictObject({ items: z.array(KconfigEntry), total });
export type KconfigAnswer = z.infer<typeof KconfigAnswer>;
