/** The parameters of every format part, without its code: by these the catalog checks `params` of components. */
import { DirectoryParams } from './directory/params.ts';
import { IsoParams } from './iso/params.ts';
import { OciParams } from './oci/params.ts';
import { Qcow2Params } from './qcow2/params.ts';
import { RawParams } from './raw/params.ts';
import { TarParams } from './tar/params.ts';
import { VhdParams } from './vhd/params.ts';
import { VhdxParams } from './vhdx/params.ts';
import { VmdkParams } from './vmdk/params.ts';

export const formatParams = {
  directory: DirectoryParams,
  iso: IsoParams,
  oci: OciParams,
  qcow2: Qcow2Params,
  raw: RawParams,
  tar: TarParams,
  vhd: VhdParams,
  vhdx: VhdxParams,
  vmdk: VmdkParams,
} as const;
