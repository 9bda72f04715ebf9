/** The parameters of every part that labels files, without its code: by these the catalog checks `params` of components. */
import { SelinuxParams } from './selinux/params.ts';

export const labelsParams = { selinux: SelinuxParams } as const;
