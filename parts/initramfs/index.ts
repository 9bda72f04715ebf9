/** Every initramfs that the packager can make, by name. */
import type { Part } from '../part.ts';
import { dracut } from './dracut/dracut.ts';
import type { Initramfs } from './initramfs.ts';
import { minimal } from './minimal/minimal.ts';
import type { initramfsParams } from './params.ts';

export const initramfses: Readonly<Record<keyof typeof initramfsParams, Part<Initramfs>>> = { minimal, dracut };
