/** The parameters of every kernel source part, and what each gives, without its code: by these the catalog checks components. */
import { DebianBinaryParams } from './debian-binary/params.ts';
import { DebianSourceParams } from './debian-source/params.ts';
import { UrlParams } from './url/params.ts';

/** What `sourceAsks` names, a component may leave to the definition. */
export const sourceParams = {
  'debian-binary': DebianBinaryParams,
  'debian-source': DebianSourceParams,
  url: UrlParams.partial(),
} as const;

/** A tree that is configured and compiled (`source`), or a kernel that is finished (`binary`). */
export const sourceForms = {
  'debian-binary': 'binary',
  'debian-source': 'source',
  url: 'source',
} as const satisfies Readonly<Record<keyof typeof sourceParams, 'source' | 'binary'>>;

/** Parameters that a definition gives, under the same names in `kernel`, where the component does not. */
export const sourceAsks = {
  'debian-binary': [],
  'debian-source': [],
  url: ['url', 'sha256'],
} as const satisfies Readonly<Record<keyof typeof sourceParams, readonly ('url' | 'sha256')[]>>;
