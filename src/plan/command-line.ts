/** The kernel's command line: the words of components, then those of the definition. Pure. */
import { maxCommandLineBytes, rootWords } from '../definition/command-line.ts';
import type { Definition } from '../definition/definition.ts';
import { fromDefinition, type Origin, originText } from '../stages/origin.ts';
import { keptOn } from './disk/file-systems.ts';
import type { Problems } from './problems.ts';
import type { Composition } from './types.ts';

/** As long as every UUID, and every sha256. */
const anyUuid = '0'.repeat(36);
const anyHash = '0'.repeat(64);

/** Of a word that a boot loader cannot hand over it says which; a line that the kernel would cut is a problem of the definition's last word that is too much. */
export function commandLine(
  { kernel, root }: Definition,
  contributed: readonly { item: string; from: Origin }[],
  excluded: readonly { item: string; from: Origin }[],
  problems: Problems,
): Composition['cmdline'] {
  const words = [
    ...contributed.map(({ item, from }) => ({ word: item, from })),
    ...kernel.cmdline.map((word, index) => ({ word, from: fromDefinition(`/kernel/cmdline/${index}`) })),
  ];
  kernel.cmdline.forEach((word, index) => {
    const found = excluded.find(({ item }) => word.includes(item));
    if (found)
      problems.add(
        `/kernel/cmdline/${index}`,
        `${originText(found.from)} cannot hand over a word with ${found.item} in it`,
        {
          value: word,
          hint: 'Leave the word out, or choose another bootloader.',
        },
      );
  });
  const ofRoot = rootWords({
    partitionUuid: anyUuid,
    ...(root?.verity ? { rootHash: anyHash } : {}),
    ...(keptOn(root) === undefined ? {} : { overlayUuid: anyUuid }),
  });
  const bytes = [...ofRoot, ...words.map(({ word }) => word)].join(' ').length;
  if (bytes > maxCommandLineBytes)
    problems.add(
      kernel.cmdline.length > 0 ? '/kernel/cmdline' : '',
      `the kernel command line has ${bytes} bytes with the words of LDF and of components, and can have ${maxCommandLineBytes}`,
      {
        value: kernel.cmdline.join(' '),
        hint: `Leave out words of ${bytes - maxCommandLineBytes} bytes or more; options of modules may stand in /etc/modprobe.d, and of the kernel in sysctl.d.`,
      },
    );
  return words;
}
