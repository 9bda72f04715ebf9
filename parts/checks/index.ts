/** Everyone who can be asked in a booted guest, by the name that components have under `console.check`. */
import type { Part } from '../part.ts';
import { busybox } from './busybox/busybox.ts';
import type { Check } from './check.ts';
import { openrc } from './openrc/openrc.ts';
import type { checkParams } from './params.ts';
import { systemd } from './systemd/systemd.ts';

export const checks: Readonly<Record<keyof typeof checkParams, Part<Check>>> = { busybox, openrc, systemd };
