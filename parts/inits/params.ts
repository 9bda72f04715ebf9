/** The parameters of every init system part, without its code: by these the catalog checks `params` of components. */
import { OpenrcParams } from './openrc/params.ts';
import { SystemdParams } from './systemd/params.ts';

export const initParams = { openrc: OpenrcParams, systemd: SystemdParams } as const;
