/** The parameters of every file system part, without its code: by these the catalog checks `params` of components. */
import { Ext4Params } from './ext4/params.ts';
import { VfatParams } from './vfat/params.ts';

export const fileSystemParams = { ext4: Ext4Params, vfat: VfatParams } as const;
