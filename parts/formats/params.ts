/** The parameters of every format part, without its code: by these the catalog checks `params` of components. */
import { Qcow2Params } from './qcow2/params.ts';
import { RawParams } from './raw/params.ts';

export const formatParams = { qcow2: Qcow2Params, raw: RawParams } as const;
