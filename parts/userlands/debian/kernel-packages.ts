/**
 * Packages that meddle with how the system boots. The kernel of an image comes from `kernel.source`, its initramfs and its
 * boot loader from LDF: a second one of these would lie in the image without use. What works with the image's own kernel,
 * its headers and modules that are compiled with them, is taken.
 */
import type * as z from 'zod';
import type { KernelPackage } from '../../../src/stages/kernel-package.ts';
import { pointerOf } from '../../../src/stages/origin.ts';
import type { PackagesWish } from '../../../src/stages/resolve/contract.ts';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import type { Stanza } from '../../deb822.ts';
import { releaseOf } from './kernel-stand-in.ts';
import { PackageGraph } from './package-graph.ts';

type Wish = Pick<z.infer<typeof PackagesWish>, 'names' | 'recommended'>;
type Objection = { why: string; hint: string };

interface Facts {
  packages: PackageGraph;
  /** The kernel that the image has, where it is a finished one. */
  image: KernelPackage | undefined;
  /** Names that the definition or a component asks for. */
  asked: readonly string[];
}

const packagesPointer = '/userland/packages';

type Rule = (name: string, facts: Facts) => Objection | undefined;

const rules: readonly Rule[] = [
  foreignHeaders,
  secondKernel,
  uncompilableModule,
  bootLoader,
  initramfsTool,
  initramfsHook,
];

/**
 * @param stanzas the control paragraphs of all packages that would be installed
 * @returns whether any of them depends on the image's own kernel
 * @throws StageFailure `packages.boot-foreign`, naming each package, who draws it in, and a way out
 */
export function judgeKernelPackages(stanzas: readonly Stanza[], wish: Wish, image?: KernelPackage): boolean {
  const packages = new PackageGraph(stanzas);
  const wanted = [...wish.names, ...wish.recommended].map(({ name, from }) => ({ name: nameOf(name), from }));
  const asked = wanted.map(({ name }) => name);
  const objections = new Map<string, Objection>();
  for (const name of packages.names) {
    const objection = rules.map((rule) => rule(name, { packages, image, asked })).find((found) => found !== undefined);
    if (objection) objections.set(name, objection);
  }
  const details = [...objections].flatMap(([name, { why, hint }]) => {
    const way = packages.way(asked, name);
    // What comes with another one that is refused goes with it.
    if (way.slice(0, -1).some((other) => objections.has(other))) return [];
    const from = wanted.find((one) => one.name === way[0])?.from;
    // A name asked for by a component has no place in the definition of its own.
    const pointer = from ? pointerOf(from, packagesPointer) : packagesPointer;
    const drawn = way.length > 1 ? ` (drawn in by ${way.slice(0, -1).join(', which needs ')})` : '';
    return [{ pointer, value: JSON.stringify(way[0] ?? name), message: `${name}${drawn} ${why}.`, hint }];
  });
  const [first, ...others] = details;
  if (first)
    throw new StageFailure({
      code: 'packages.boot-foreign',
      message: others.length === 0 ? first.message : `${details.length} packages would change how the image boots.`,
      hint: others.length === 0 ? first.hint : 'Leave them out, or see the hint of each.',
      details,
    });
  return image !== undefined && packages.names.some((name) => packages.needs(name).includes(image.name));
}

/** `linux-headers-6.12.118+deb13-cloud-amd64`, but not what several kernels share. */
function headersRelease(name: string): string | undefined {
  return /-common(-rt)?$/.test(name) ? undefined : /^linux-headers-([0-9]\S*)$/.exec(name)?.[1];
}

function foreignHeaders(name: string, { image }: Facts): Objection | undefined {
  const release = headersRelease(name);
  if (release === undefined || (image && release === releaseOf(image))) return undefined;
  return { why: `has the headers of a kernel that is not the image's own${own(image)}`, hint: takeHeaders(image) };
}

function secondKernel(name: string, { image }: Facts): Objection | undefined {
  if (!name.startsWith('linux-image-') || name.endsWith('-dbg')) return undefined;
  return {
    why: `is a second kernel, which nothing would start: that of the image comes from kernel.source${own(image)}`,
    hint: 'Leave it out, or choose the kernel by kernel.source and kernel.version.',
  };
}

function uncompilableModule(name: string, { packages, image }: Facts): Objection | undefined {
  if (!name.endsWith('-dkms')) return undefined;
  const release = image && releaseOf(image);
  if (release !== undefined && packages.has(`linux-headers-${release}`)) return undefined;
  const why = image
    ? `compiles a module with the headers of the kernel, which are not among the packages${own(image)}`
    : 'compiles a module with the headers of the kernel, and there are none for a kernel that is compiled for the image';
  return { why, hint: takeHeaders(image) };
}

/** Their programs alone (grub-common, grub-pc-bin) do nothing by themselves. */
function bootLoader(name: string): Objection | undefined {
  if (!/^(grub-(pc|efi|cloud|coreboot|ieee1275|xen)(-[a-z0-9]+)?|lilo|elilo|extlinux|refind|shim-signed)$/.test(name))
    return undefined;
  if (name.endsWith('-bin')) return undefined;
  return {
    why: 'is a boot loader, which would start nothing: that of the image comes from bootloader',
    hint: 'Leave it out, or choose another bootloader. Its programs alone are in packages such as grub-common and grub-pc-bin.',
  };
}

/** Others may need one to be there (plymouth does), and work without what it makes. */
function initramfsTool(name: string, { packages, asked }: Facts): Objection | undefined {
  if (!asked.includes(name) || !packages.provides(name).includes('linux-initramfs-tool')) return undefined;
  return {
    why: 'makes an initramfs that nothing would start: LDF makes that of the image',
    hint: 'Leave it out.',
  };
}

function initramfsHook(name: string): Objection | undefined {
  if (!/(-initramfs|^initramfs-tools-.*|^cloud-initramfs-.*|^dracut-.*|^live-boot.*|^overlayroot)$/.test(name))
    return undefined;
  if (['initramfs-tools-core', 'initramfs-tools-bin', 'dracut-core', 'dracut-install', 'live-boot-doc'].includes(name))
    return undefined;
  return {
    why: 'adds to an initramfs of Debian, which the image does not have: LDF makes its own, and nothing can be added to it',
    hint: 'Leave it out; the same work can be done when the root file system is mounted.',
  };
}

const own = (image: KernelPackage | undefined) => (image ? ` (${image.name})` : '');

function takeHeaders(image: KernelPackage | undefined): string {
  const flavour = image && /^[^-]+-(?:[0-9]+-)?(.+)$/.exec(releaseOf(image) ?? '')?.[1];
  return flavour
    ? `Ask for linux-headers-${flavour}, which belongs to the image's kernel, or leave the package out.`
    : 'Choose a kernel.source that brings a finished kernel, such as package, and ask for its headers; or leave the package out.';
}

/** `name-`, and what may stand behind a name. */
const nameOf = (asked: string) => asked.replace(/-?([:=/].*)?$/, '');
