/** Every userland that the assembler can resolve and install, by the name that components `use`. */
import { busybox } from './busybox/busybox.ts';
import { debian } from './debian/debian.ts';
import type { userlandParams } from './params.ts';
import type { UserlandPart } from './userland.ts';

export const userlands: Readonly<Record<keyof typeof userlandParams, UserlandPart>> = { busybox, debian };
