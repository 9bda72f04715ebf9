/** The Boot Loader Specification, type 1: https://uapi-group.org/specifications/specs/boot_loader_specification/ */
import type { FilePlacement } from '../../placement.ts';
import type { BootFacts } from '../boot-loader.ts';

/** Kernel and initramfs below `<name>/<release>`, and the entry that names them. */
export function blsEntry({ name, title, release, cmdline, kernel, initramfs }: BootFacts): FilePlacement[] {
  const linux: FilePlacement = { at: 'esp', path: `${name}/${release}/linux`, file: kernel };
  const initrd: FilePlacement[] =
    initramfs === null ? [] : [{ at: 'esp', path: `${name}/${release}/initrd`, file: initramfs }];
  const lines = [
    `title      ${title}`,
    `version    ${release}`,
    `sort-key   ${name}`,
    `linux      /${linux.path}`,
    ...initrd.map(({ path }) => `initrd     /${path}`),
    `options    ${cmdline}`,
  ];
  return [linux, ...initrd, { at: 'esp', path: `loader/entries/${name}.conf`, content: `${lines.join('\n')}\n` }];
}
