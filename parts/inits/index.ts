/** Every init system that the assembler can set up, by the name that components `use`. */
import type { Part } from '../part.ts';
import { busybox } from './busybox/busybox.ts';
import type { InitSystem } from './init-system.ts';
import { openrc } from './openrc/openrc.ts';
import type { initParams } from './params.ts';
import { systemd } from './systemd/systemd.ts';

export const initSystems: Readonly<Record<keyof typeof initParams, Part<InitSystem>>> = {
  busybox,
  openrc,
  systemd,
};
