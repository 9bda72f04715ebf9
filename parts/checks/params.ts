/** The parameters of every check part, without its code: by these the catalog checks what components ask of a booted guest. */
import { BusyboxCheckParams } from './busybox/params.ts';
import { OpenrcCheckParams } from './openrc/params.ts';
import { SystemdCheckParams } from './systemd/params.ts';

export const checkParams = {
  busybox: BusyboxCheckParams,
  openrc: OpenrcCheckParams,
  systemd: SystemdCheckParams,
} as const;
