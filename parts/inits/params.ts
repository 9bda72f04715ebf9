/** The parameters of every init system part, without its code: by these the catalog checks `params` of components. */
import { SystemdParams } from './systemd/params.ts';

export const initParams = { systemd: SystemdParams } as const;
