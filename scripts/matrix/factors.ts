/** What is combined, and what each value adds to a definition. */

/** A part of a definition; of those that several values bring, keys are joined. */
export type Fragment = Readonly<Record<string, unknown>>;

export interface Factor {
  /** The heading of its column. */
  title: string;
  values: Readonly<Record<string, Fragment>>;
}

/** A disk's formats; the root of a live ISO is in no partition, so that it stands for no file system. */
const formats = ['raw', 'qcow2', 'vmdk', 'vhdx', 'iso'];

export const factors: readonly Factor[] = [
  {
    title: 'root',
    values: {
      ext4: { filesystem: 'ext4' },
      xfs: { filesystem: 'xfs' },
      btrfs: { filesystem: 'btrfs' },
      'erofs + verity': { root: { filesystem: 'erofs', verity: true } },
      squashfs: { filesystem: 'squashfs' },
    },
  },
  {
    title: 'boot loader',
    values: {
      'systemd-boot': { bootloader: 'systemd-boot' },
      grub: { bootloader: 'grub' },
      uki: { bootloader: 'uki' },
    },
  },
  { title: 'format', values: Object.fromEntries(formats.map((format) => [format, { image: { formats: [format] } }])) },
  {
    title: 'init',
    values: {
      systemd: { init: 'systemd' },
      openrc: { init: 'openrc' },
      busybox: { init: 'busybox', userland: { base: 'busybox' } },
    },
  },
  {
    title: 'security',
    values: {
      none: { security: 'none' },
      apparmor: { security: 'apparmor' },
      selinux: { security: 'selinux' },
    },
  },
];

/** The name of a value of each factor, in their order. */
export type Combination = readonly string[];

/** Every combination, whether it can be or not. */
export function allCombinations(): Combination[] {
  return factors.reduce<string[][]>(
    (all, { values }) => all.flatMap((one) => Object.keys(values).map((value) => [...one, value])),
    [[]],
  );
}

export function nameOf(combination: Combination): string {
  return combination.map((value) => value.replace(/[^a-z0-9]+/g, '-')).join('-');
}

/** Debian's own kernel: what is tried is the image. */
export function definitionOf(combination: Combination): Record<string, unknown> {
  const fragments = factors.map(({ title, values }, index) => {
    const fragment = values[combination[index] ?? ''];
    if (!fragment) throw new Error(`${title} has no value ${combination[index]}`);
    return fragment;
  });
  return Object.assign(
    { name: nameOf(combination), version: '1', arch: 'x86_64', kernel: { source: 'package' } },
    ...fragments,
  );
}
