/** What the models' firmware needs, as Raspberry Pi documents it. */

export interface Model {
  /** As sections of config.txt are called for it: `[pi4]`. */
  section: string;
  /** The ROM of models before 4 reads the table of an MBR alone. */
  readsGpt: boolean;
  /** Programs of the firmware, and what goes with them. Model 5 has all of it in its EEPROM. */
  firmware: readonly string[];
  /** The device tree of each variant of the board, and what its root node says that it is compatible with. */
  trees: readonly { name: string; compatible: string }[];
  /** What the firmware looks for where config.txt does not say that the kernel is upstream's. */
  ownName(tree: string): string;
}

const asItIs = (tree: string) => tree;

export const models: Readonly<Record<'3' | '4' | '5', Model>> = {
  '3': {
    section: 'pi3',
    readsGpt: false,
    firmware: ['bootcode.bin', 'start.elf', 'fixup.dat'],
    trees: [
      { name: 'bcm2837-rpi-3-b.dtb', compatible: 'raspberrypi,3-model-b' },
      { name: 'bcm2837-rpi-3-b-plus.dtb', compatible: 'raspberrypi,3-model-b-plus' },
      { name: 'bcm2837-rpi-3-a-plus.dtb', compatible: 'raspberrypi,3-model-a-plus' },
    ],
    ownName: (tree) => tree.replace('bcm2837', 'bcm2710'),
  },
  '4': {
    section: 'pi4',
    readsGpt: true,
    firmware: ['start4.elf', 'fixup4.dat'],
    trees: [
      { name: 'bcm2711-rpi-4-b.dtb', compatible: 'raspberrypi,4-model-b' },
      { name: 'bcm2711-rpi-400.dtb', compatible: 'raspberrypi,400' },
      { name: 'bcm2711-rpi-cm4-io.dtb', compatible: 'raspberrypi,4-compute-module' },
    ],
    ownName: asItIs,
  },
  '5': {
    section: 'pi5',
    readsGpt: true,
    firmware: [],
    trees: [{ name: 'bcm2712-rpi-5-b.dtb', compatible: 'raspberrypi,5-model-b' }],
    ownName: asItIs,
  },
};
