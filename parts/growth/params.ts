/** The parameters of every part that makes partitions grow, without its code: by these the catalog checks `params` of components. */
import { RepartParams } from './repart/params.ts';

export const growthParams = { repart: RepartParams } as const;
