/** The Boot Loader Specification, type 1: https://uapi-group.org/specifications/specs/boot_loader_specification/ */
import type { BootFacts, EspFile } from './boot-entries.ts';

/** Kernel and initramfs below `<name>/<release>`, and the entry that names them. */
export function blsEntry({ name, title, release, cmdline, kernel, initramfs }: BootFacts): EspFile[] {
  const linux: EspFile = { path: `${name}/${release}/linux`, copy: kernel };
  const initrd: EspFile[] = initramfs === null ? [] : [{ path: `${name}/${release}/initrd`, copy: initramfs }];
  const lines = [
    `title      ${title}`,
    `version    ${release}`,
    `sort-key   ${name}`,
    `linux      /${linux.path}`,
    ...initrd.map(({ path }) => `initrd     /${path}`),
    `options    ${cmdline}`,
  ];
  return [linux, ...initrd, { path: `loader/entries/${name}.conf`, content: `${lines.join('\n')}\n` }];
}
