/** The Boot Loader Specification, type 1: https://uapi-group.org/specifications/specs/boot_loader_specification/ */
import type { FilePlacement } from '../../placement.ts';
import type { BootFacts } from '../boot-loader.ts';
import { kernelFiles } from '../esp.ts';

/** Kernel and initramfs below `<name>/<release>`, and the entry that names them. */
export function blsEntry(facts: BootFacts): FilePlacement[] {
  const { name, title, release, cmdline } = facts;
  const { linux, initrd } = kernelFiles(facts);
  const lines = [
    `title      ${title}`,
    `version    ${release}`,
    `sort-key   ${name}`,
    `linux      /${linux.path}`,
    ...(initrd ? [`initrd     /${initrd.path}`] : []),
    `options    ${cmdline}`,
  ];
  return [
    linux,
    ...(initrd ? [initrd] : []),
    { at: 'esp', path: `loader/entries/${name}.conf`, content: `${lines.join('\n')}\n` },
  ];
}
