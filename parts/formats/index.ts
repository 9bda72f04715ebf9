/** Every format that the packager can write, by the name that components `use`; each by image.compression. */
import type { FormatPart } from './format.ts';
import type { formatParams } from './params.ts';
import { qcow2 } from './qcow2/qcow2.ts';
import { raw } from './raw/raw.ts';

export const formats: Readonly<Record<keyof typeof formatParams, FormatPart>> = { qcow2, raw };
