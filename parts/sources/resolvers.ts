/** Every source that kernels can be chosen from, by the name that components `use`. */
import type { Part } from '../part.ts';
import { debianBinaryResolver } from './debian-binary/resolver.ts';
import { debianSourceResolver } from './debian-source/resolver.ts';
import { gitResolver } from './git/resolver.ts';
import { kernelOrgResolver } from './kernel-org/resolver.ts';
import type { sourceParams } from './params.ts';
import type { SourceResolver } from './source.ts';
import { uploadResolver } from './upload/resolver.ts';
import { urlResolver } from './url/resolver.ts';

export const sourceResolvers: Readonly<Record<keyof typeof sourceParams, Part<SourceResolver>>> = {
  'debian-binary': debianBinaryResolver,
  'debian-source': debianSourceResolver,
  git: gitResolver,
  'kernel-org': kernelOrgResolver,
  upload: uploadResolver,
  url: urlResolver,
};
