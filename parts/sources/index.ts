/** Every source of kernels whose files the kernel-builder can read, by the name that components `use`. */
import type { Part } from '../part.ts';
import { debianBinary } from './debian-binary/debian-binary.ts';
import { debianSource } from './debian-source/debian-source.ts';
import { git } from './git/git.ts';
import { kernelOrg } from './kernel-org/kernel-org.ts';
import type { sourceParams } from './params.ts';
import type { KernelSource } from './source.ts';
import { upload } from './upload/upload.ts';
import { url } from './url/url.ts';

export const kernelSources: Readonly<Record<keyof typeof sourceParams, Part<KernelSource>>> = {
  'debian-binary': debianBinary,
  'debian-source': debianSource,
  git,
  'kernel-org': kernelOrg,
  upload,
  url,
};
