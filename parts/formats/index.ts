/** Every format that the packager can write, by the name that components `use`; each by image.compression. */

import { directory } from './directory/directory.ts';
import type { FormatPart } from './format.ts';
import { iso } from './iso/iso.ts';
import { oci } from './oci/oci.ts';
import type { formatParams } from './params.ts';
import { qcow2 } from './qcow2/qcow2.ts';
import { raw } from './raw/raw.ts';
import { tar } from './tar/tar.ts';
import { vhd } from './vhd/vhd.ts';
import { vhdx } from './vhdx/vhdx.ts';
import { vmdk } from './vmdk/vmdk.ts';

export const formats: Readonly<Record<keyof typeof formatParams, FormatPart>> = {
  directory,
  iso,
  oci,
  qcow2,
  raw,
  tar,
  vhd,
  vhdx,
  vmdk,
};
