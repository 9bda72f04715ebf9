/** config.txt, as far as it names files (https://www.raspberrypi.com/documentation/computers/config_txt.html). Pure. */
import type { Model } from './models.ts';

/** The firmware reads no more of a line. */
export const mostLineLength = 98;

export interface Settings {
  /** The last value of each. */
  values: ReadonlyMap<string, string>;
  /** Names that it does not give itself, of files that it is told to read. */
  files: string[];
  longLines: string[];
}

const namingFiles = new Set(['kernel', 'ramfsfile', 'cmdline', 'device_tree', 'start_file', 'fixup_file', 'armstub']);

/** What holds for a model: without the sections of others. */
export function parseConfigTxt(text: string, { section }: Pick<Model, 'section'>): Settings {
  const values = new Map<string, string>();
  const files: string[] = [];
  const lines = text.split(/\r?\n/).map((line) => line.trimEnd());
  let holds = true;
  for (const line of lines) {
    const [, filter] = /^\[([^\]]*)\]/.exec(line) ?? [];
    if (filter !== undefined) holds = filter !== 'none' && (!filter.startsWith('pi') || filter.startsWith(section));
    else if (holds && line !== '' && !line.startsWith('#')) take(line, values, files);
  }
  return { values, files, longLines: lines.filter((line) => line.length > mostLineLength) };
}

function take(line: string, values: Map<string, string>, files: string[]): void {
  const [, names] = /^(?:initramfs)\s+(\S+)/.exec(line) ?? [];
  if (names !== undefined) files.push(...names.split(','));
  const [, included] = /^include\s+(\S+)/.exec(line) ?? [];
  if (included !== undefined) files.push(included);
  const [, key = '', value = ''] = /^([^=\s]+)=(.*)$/.exec(line) ?? [];
  if (key === '') return;
  values.set(key, value);
  if (namingFiles.has(key)) files.push(...value.split(','));
  const [overlay = ''] = value.split(',');
  if (key === 'dtoverlay' && overlay !== '') files.push(`overlays/${overlay}.dtbo`);
}
