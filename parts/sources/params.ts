/** The parameters of every kernel source part, and what each gives, without its code: by these the catalog checks components. */
import { DebianBinaryParams } from './debian-binary/params.ts';
import { DebianSourceParams } from './debian-source/params.ts';

export const sourceParams = { 'debian-binary': DebianBinaryParams, 'debian-source': DebianSourceParams } as const;

/** A tree that is configured and compiled (`source`), or a kernel that is finished (`binary`). */
export const sourceForms = { 'debian-binary': 'binary', 'debian-source': 'source' } as const satisfies Readonly<
  Record<keyof typeof sourceParams, 'source' | 'binary'>
>;
