/** The parameters of every kernel source part, and what each gives, without its code: by these the catalog checks components. */
import { DebianBinaryParams } from './debian-binary/params.ts';
import { DebianSourceParams } from './debian-source/params.ts';
import { KernelOrgParams } from './kernel-org/params.ts';
import { UrlParams } from './url/params.ts';

/** What `sourceAsks` names, a component may leave to the definition. */
export const sourceParams = {
  'debian-binary': DebianBinaryParams,
  'debian-source': DebianSourceParams,
  'kernel-org': KernelOrgParams,
  url: UrlParams.partial(),
} as const;

/** A tree that is configured and compiled (`source`), or a kernel that is finished (`binary`). */
export const sourceForms = {
  'debian-binary': 'binary',
  'debian-source': 'source',
  'kernel-org': 'source',
  url: 'source',
} as const satisfies Readonly<Record<keyof typeof sourceParams, 'source' | 'binary'>>;

/** Parameters that a definition gives, under the same names in `kernel`, where the component does not. */
export const sourceAsks = {
  'debian-binary': [],
  'debian-source': [],
  'kernel-org': [],
  url: ['url', 'sha256'],
} as const satisfies Readonly<Record<keyof typeof sourceParams, readonly ('url' | 'sha256')[]>>;

/** Parameters that only choosing needs: what reads the file is not told of them, and no kernel is compiled again for them. */
export const sourceChoices = {
  'debian-binary': [],
  'debian-source': [],
  'kernel-org': ['mirrors', 'keys'],
  url: ['url', 'sha256'],
} as const satisfies Readonly<Record<keyof typeof sourceParams, readonly string[]>>;
