/**
 * What a processor architecture is called by whom: the one place that knows. Each export is a line of the table, by itself, so that
 * a stage image is made of those lines alone that it reads.
 */

/** The architectures that images are made for, as definitions name them: by the kernel's `uname -m`. */
export const architectures = ['x86_64', 'aarch64'] as const;
export type Architecture = (typeof architectures)[number];

type Names<Value = string> = Readonly<Record<Architecture, Value>>;

/** Debian's name (dpkg-architecture(1)). */
export const debianNames = { x86_64: 'amd64', aarch64: 'arm64' } as const satisfies Names;

/** The GNU triplet, as Debian writes it: before the names of tools that make programs for it, and of folders of its libraries. */
export const triplets: Names = { x86_64: 'x86_64-linux-gnu', aarch64: 'aarch64-linux-gnu' };

export interface KernelNames {
  /** ARCH of the kernel's Makefile, and the folder below arch/. */
  arch: string;
  sourceArch: string;
  /** The make target that builds the kernel's image, and where that appears below the build folder. */
  imageTarget: string;
  image: string;
  /** The same of an image that unpacks itself when firmware starts it, where that is a target of its own, made with `option`. */
  unpacking?: { option: string; imageTarget: string; image: string };
}

/** The kernel's own build system. */
export const kernelNames: Names<KernelNames> = {
  x86_64: { arch: 'x86_64', sourceArch: 'x86', imageTarget: 'bzImage', image: 'arch/x86/boot/bzImage' },
  aarch64: {
    arch: 'arm64',
    sourceArch: 'arm64',
    imageTarget: 'Image',
    image: 'arch/arm64/boot/Image',
    unpacking: { option: 'CONFIG_EFI_ZBOOT', imageTarget: 'vmlinuz.efi', image: 'arch/arm64/boot/vmlinuz.efi' },
  },
};

/** The name of the serial port that a virtual machine has first, as the kernel's command line has it. */
export const serialConsoles: Names = { x86_64: 'ttyS0', aarch64: 'ttyAMA0' };

/** The name of the second serial port of such a machine, on which checks answer. */
export const checkPorts: Names = { x86_64: 'ttyS1', aarch64: 'ttyAMA1' };

/** What UEFI adds to the names of programs (UEFI 2.10 §3.5.1.1). */
export const efiNames: Names = { x86_64: 'x64', aarch64: 'aa64' };

/** GRUB's target for UEFI (grub-install(8)). */
export const grubTargets: Names = { x86_64: 'x86_64-efi', aarch64: 'arm64-efi' };

/** QEMU's program, and the sort of machine (`-machine`) that is closest to real ones. */
export const qemuNames: Names<{ program: string; machine: string }> = {
  x86_64: { program: 'qemu-system-x86_64', machine: 'q35' },
  aarch64: { program: 'qemu-system-aarch64', machine: 'virt' },
};

/** Go's name (GOARCH), as images of containers have it. */
export const goNames: Names = { x86_64: 'amd64', aarch64: 'arm64' };

/** Node's name (process.arch). */
export const nodeNames: Names = { x86_64: 'x64', aarch64: 'arm64' };

/** The GPT type of a root partition (https://uapi-group.org/specifications/specs/discoverable_partitions_specification/). */
export const rootPartitionTypes = {
  x86_64: '4f68bce3-e8cd-4db1-96e7-fbcaf984b709',
  aarch64: 'b921b045-1df0-41c3-af44-4c6f280d3fae',
} as const satisfies Names;

/** The GPT type of the partition with the hashes of dm-verity for it (the same specification). */
export const verityPartitionTypes = {
  x86_64: '2c7357ed-ebd2-46d9-aec1-23d437ec2bf5',
  aarch64: 'df3300ce-d69f-4c92-978c-9bfb0f38d820',
} as const satisfies Names;

/** Where programs that are linked dynamically look for what starts them (ld.so(8)), as Debian's ABI has it. */
export const dynamicLinkers: Names = {
  x86_64: '/lib64/ld-linux-x86-64.so.2',
  aarch64: '/lib/ld-linux-aarch64.so.1',
};

/** The architecture of the processor that runs this program; undefined for one that no image is made for. */
export function ownArchitecture(): Architecture | undefined {
  return architectures.find((arch) => nodeNames[arch] === process.arch);
}
