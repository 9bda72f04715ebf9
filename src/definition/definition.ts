/**
 * The definition: what a user writes about a distribution. This schema is the only description of it; the TypeScript
 * type, the published JSON Schema, the OpenAPI document, the reference in docs/ and the web UI's form all derive from it.
 * `componentKind` is an annotation for forms: the key names a component of that kind.
 */
import * as z from 'zod';
import { Architecture } from './architecture.ts';
import { bounds } from './bounds.ts';
import { DefinitionWord } from './command-line.ts';
import { defaultComponents } from './defaults.ts';
import { fileOfFormat, ImageFormat } from './image-formats.ts';
import { ImagePartition } from './image-partitions.ts';
import { ImageSize } from './image-size.ts';
import { KernelConfig } from './kernel-config.ts';
import { KernelPatch, mostPatches, nameOfPatch } from './kernel-patch.ts';
import { absolutePath, componentName, FileMode, ServiceName, slug } from './names.ts';
import { WrittenPackage } from './packages.ts';
import { maxMachineFiles, PerMachine } from './per-machine.ts';
import { PublicKey } from './public-keys.ts';
import { Sha256 } from './sha256.ts';
import { CommitId, TagName } from './version-control.ts';
import { FileAddress } from './web-address.ts';

export { Architecture };

/** useradd(8) with Debian's NAME_REGEX. */
const UserName = z
  .string()
  .regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'must be a user name: lower-case letters, digits, _ and -');

/** chown(1): `user` or `user:group`, by name. */
const FileOwner = z
  .string()
  .regex(/^[a-z_][a-z0-9_-]{0,31}(:[a-z_][a-z0-9_-]{0,31})?$/, 'must be a user, or user:group, such as www-data:adm');

export const SystemFile = z.strictObject({
  path: absolutePath.describe('Where the file stands in the image.'),
  content: z
    .string()
    .max(4 << 20)
    .describe('The text of the file.')
    .meta({ input: 'file' }),
  mode: FileMode.default('0644').describe(
    'Who may read, write and run it, in octal digits: `0600` is for its owner alone.',
  ),
  owner: FileOwner.optional().describe(
    'Whom the file belongs to: `user`, with its primary group, or `user:group`; names that the image has. Default: the user in whose home directory it stands, else root.',
  ),
});
export type SystemFile = z.infer<typeof SystemFile>;

const SystemUser = z.strictObject({
  name: UserName.describe('Log-in name; `root` changes the password and keys of root.'),
  passwordHash: z
    .string()
    .max(512)
    .regex(/^\$(y|gy|7|2[aby]|6|5|1)\$[./A-Za-z0-9$,=]+$/, 'must be a crypt(5) hash, as `mkpasswd` prints it')
    .optional()
    .describe('A crypt(5) hash; the password itself is kept nowhere. Without one, password log-in is off.')
    .meta({ title: 'Password', input: 'password' }),
  sshKeys: z
    .array(
      z
        .string()
        .max(bounds.sshKeyLength)
        .regex(/^[^\n\r\0]+$/, 'must be one line of an authorized_keys file'),
    )
    .max(bounds.sshKeys)
    .default([])
    .describe('Public keys that may log in over SSH, each as the line that stands in a .pub file.')
    .meta({ input: 'keys' }),
  sudo: z.boolean().default(false).describe("Allow sudo. Users without a password aren't asked for one."),
  groups: z
    .array(UserName)
    .max(bounds.groups)
    .default([])
    .describe('Other groups to be a member of, such as audio; a package or the base system must make them.'),
  shell: absolutePath.optional().describe("The log-in shell. Default: the userland's, such as /bin/bash."),
});
export type SystemUser = z.infer<typeof SystemUser>;

/** tzdata: `Area/Location`. */
const TimeZone = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9+_-]+(\/[A-Za-z0-9+_-]+){0,2}$/, 'must be a time zone such as Europe/Berlin');

/**
 * locale(5), as listed in /usr/share/i18n/SUPPORTED, UTF-8 only. The encoding may be left out or written as utf8, as locale(1)
 * prints it; what is kept has it as `.UTF-8`.
 */
const Locale = z
  .string()
  .max(64)
  .regex(
    /^(C|POSIX|(C|[a-z]{2,3}_[A-Z]{2})\.[Uu][Tt][Ff]-?8(@[a-z]+)?|[a-z]{2,3}_[A-Z]{2}(@[a-z]+)?)$/,
    'must be a UTF-8 locale such as en_US.UTF-8',
  )
  .overwrite((locale) => locale.replace(/^([a-z]{2,3}_[A-Z]{2}|C(?=\.))(?:\.[^@]*)?(@[a-z]+)?$/, '$1.UTF-8$2'));

/** hostname(7): labels as in DNS, `mail` or in full `mail.example.org`; the kernel keeps 64 characters (uname(2)). */
const HostName = z
  .string()
  .max(64)
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/,
    'must be a host name such as mail or mail.example.org, in lower-case letters, digits and inner hyphens',
  );

export const Kernel = z.strictObject({
  source: componentName
    .default(defaultComponents.kernelSource)
    .describe('Where the kernel comes from: a component of kind kernel.')
    .meta({ componentKind: 'kernel' }),
  version: z
    .string()
    .regex(/^[0-9]+\.[0-9]+(\.[0-9]+)?$/, 'must be a series such as "6.12" or an exact version such as "6.12.1"')
    .optional()
    .describe("A series such as 6.12, or an exact version; the lock pins it. Default: the source's newest series."),
  url: FileAddress.optional()
    .describe(
      'The address (https or http) of an archive with the source (.tar.xz, .tar.gz, .tar.zst, .tar.bz2 or .tar), or of a repository, for a kernel source that takes one.',
    )
    .meta({ title: 'Address' }),
  sha256: Sha256.optional()
    .describe('The sha256 of the file at `url`, or of one that was uploaded: another file fails the build.')
    .meta({ title: 'SHA-256', input: 'source' }),
  commit: CommitId.optional().describe('Which commit of the repository at `url` it is: all 40 digits.'),
  tag: TagName.optional().describe(
    'In place of `commit`: a signed tag of the repository at `url`, such as v6.12.30. The lock pins its commit.',
  ),
  publicKey: PublicKey.optional()
    .describe(
      'The public key (`gpg --armor --export`) that `tag` has to be signed with; several may follow each other.',
    )
    .meta({ input: 'file' }),
  toolchain: slug
    .default(defaultComponents.toolchain)
    .describe('What a kernel is compiled with that is not finished: a component of kind toolchain.')
    .meta({ componentKind: 'toolchain' }),
  config: KernelConfig.prefault({}),
  patches: z
    .array(KernelPatch)
    .max(mostPatches)
    .default([])
    .describe(
      'Changes to the source of a kernel that is compiled, applied in this order. One that does not apply fails the build.',
    ),
  cmdline: z
    .array(DefinitionWord)
    .max(bounds.kernelWords)
    .default([])
    .describe(
      'Words to add to the kernel command line, such as `quiet` or `mitigations=auto`, each an item; a value with spaces as `name="a b"`. They follow those of LDF (`root=`, `ro`) and of components, so the last of several values is yours.',
    )
    .meta({ title: 'Command line' }),
});

const Root = z.strictObject({
  filesystem: slug
    .optional()
    .describe('A component of kind filesystem: the same as `filesystem` beside `root`.')
    .meta({ componentKind: 'filesystem', title: 'File system' }),
  verity: z
    .boolean()
    .default(false)
    .describe(
      'Every block of the root file system is checked when it is read (dm-verity), by a hash on the kernel command line: whatever has changed on the disk is not read. For file systems that are never written.',
    )
    .meta({ title: 'dm-verity' }),
  overlay: z
    .enum(['tmpfs', '/var'])
    .optional()
    .describe(
      'Where changes to a root file system go that is never written itself: to memory, until the machine is switched off (`tmpfs`, the default), or to the partition that is mounted on `/var`, where they stay.',
    ),
});

const Userland = z.strictObject({
  base: slug
    .default(defaultComponents.userland.base)
    .describe('A component of kind userland.')
    .meta({ componentKind: 'userland' }),
  suite: slug.default(defaultComponents.userland.suite).describe('The release the packages come from.'),
  packages: z
    .array(WrittenPackage)
    .max(bounds.packages)
    .default([])
    .describe(
      'Packages to install, plus their dependencies. `name=version` takes exactly that version, `name/trixie-backports` the one of that suite, and `name-` leaves a package out.',
    )
    .meta({ input: 'packages' }),
});

const System = z.strictObject({
  hostname: HostName.optional().describe(
    "A short name, or one in full such as `mail.example.org`. Default: the distribution's name.",
  ),
  timezone: TimeZone.default('Etc/UTC').describe('A zone of the tz database, such as `Europe/Berlin`.'),
  locale: Locale.default('C.UTF-8').describe('A UTF-8 locale, such as `en_US.UTF-8`; `en_US` means the same.'),
  users: z
    .array(SystemUser)
    .max(bounds.users)
    .default([])
    .describe('User accounts. Root is locked unless you add it here.'),
  files: z
    .array(SystemFile)
    .max(bounds.files)
    .default([])
    .describe('Extra files. They overwrite files from packages and components.'),
  services: z
    .strictObject({
      enable: z.array(ServiceName).max(bounds.services).default([]).describe('Services to start at boot.'),
      disable: z.array(ServiceName).max(bounds.services).default([]).describe('Services not to start at boot.'),
    })
    .prefault({}),
  perMachine: z
    .array(PerMachine)
    .max(maxMachineFiles)
    .default([])
    .describe(
      'Files that must differ from machine to machine, such as keys: they are not in the image, and each machine makes its own at first boot. What well-known packages make is known already.',
    ),
  sharedFiles: z
    .array(absolutePath)
    .max(maxMachineFiles)
    .default([])
    .describe(
      'Paths of files with random content, made when packages are installed, that may be the same on every machine.',
    ),
});

const Image = z.strictObject({
  size: ImageSize.default('auto').describe(
    'Size of the disk, such as `2G` or `2GiB`; `auto` fits the content with room to spare.',
  ),
  partitions: z
    .array(ImagePartition)
    .min(1)
    .max(bounds.partitions)
    .optional()
    .describe(
      'Every partition of the disk, in their order, each with one of `mount`, `swap` and `role`; `docs/partitions.md` shows some. Default: an EFI system partition, and the root file system in the rest.',
    )
    .meta({ input: 'partitions' }),
  formats: z
    .array(ImageFormat)
    .min(1)
    .max(bounds.formats)
    .default([...defaultComponents.formats])
    .describe(
      'Components of kind format: by name, or as a mapping with `format`, with `compress` (`zstd`, `gzip`, `xz` or `none`: the whole file), and with what the format itself takes; `docs/images.md` says which one to take.',
    )
    .meta({ componentKind: 'format' }),
  compression: z
    .enum(['none', 'zstd'])
    .default('none')
    .describe(
      'With `zstd`, an image that is the disk as it is becomes a .zst file, and formats that compress do it with zstd: made several times sooner, for readers of 2020 and later (QEMU 5.1). With `none`, the first stays as it is, and the others are compressed with what everything that reads them knows.',
    ),
});

const Signing = z.strictObject({
  secureBoot: slug
    .optional()
    .describe(
      'The key set (`ldf keys`) that the programs which firmware starts are signed with, so that machines boot the image with Secure Boot on. Default: nothing is signed.',
    ),
  modules: slug
    .optional()
    .describe(
      'The key set (`ldf keys`) that the modules of a kernel which is compiled are signed with; the kernel then loads no others. Default: they are not signed.',
    ),
  artifacts: slug
    .optional()
    .describe(
      'The key set (`ldf keys`) that artifacts are signed with: each gets a minisign signature beside it, and all of them a signed statement of their provenance, also as a bundle for cosign. Default: none are signed.',
    ),
});

/** The components that `security` names, by one name or by a list of them. */
export function securityNames({ security }: { security: string | readonly string[] }): readonly string[] {
  return typeof security === 'string' ? [security] : security;
}

export const Definition = z
  .strictObject({
    name: slug.describe('Name of the distribution; also its default host name.'),
    version: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9.+~_-]{0,63}$/, 'must be a version such as 1.2')
      .default('0.1')
      .describe('Appears in file names, such as 1.2.'),
    arch: Architecture.describe('The processor architecture of the images.'),
    kernel: Kernel.prefault({}),
    init: slug.default(defaultComponents.init).describe('A component of kind init.').meta({ componentKind: 'init' }),
    filesystem: slug
      .default(defaultComponents.filesystem)
      .describe('A component of kind filesystem, for the root file system.')
      .meta({ componentKind: 'filesystem' }),
    root: Root.optional().describe('A root file system that is never written: what checks it, and where changes go.'),
    bootloader: slug
      .optional()
      .describe(
        `A component of kind bootloader. Default: the one that the firmware of \`platform\` starts, else ${defaultComponents.bootloader}.`,
      )
      .meta({ componentKind: 'bootloader' }),
    initramfs: slug
      .default(defaultComponents.initramfs)
      .describe('What runs before the root file system is mounted: a component of kind initramfs.')
      .meta({ componentKind: 'initramfs' }),
    security: z
      .union(
        [slug, z.array(slug).min(1).max(bounds.security)],
        'must be the name of a component of kind security, or a list of such names',
      )
      .default(defaultComponents.security)
      .describe('A component of kind security, or a list of several that go together.')
      .meta({ componentKind: 'security' }),
    platform: slug
      .optional()
      .describe(
        'The machine that the image is for, such as a board with firmware of its own: a component of kind platform that is one. Default: machines with the firmware that `bootloader` is for.',
      )
      .meta({ componentKind: 'platform', targets: true }),
    hardware: z
      .array(slug)
      .max(bounds.hardware)
      .default([])
      .describe(
        'More components of kind platform: hardware that a compiled kernel is to run on, beside what `platform` and the other components require.',
      )
      .meta({ componentKind: 'platform' }),
    userland: Userland.prefault({}),
    system: System.prefault({}),
    image: Image.prefault({}),
    signing: Signing.prefault({}),
  })
  .superRefine((definition, context) => {
    const unique = (values: readonly string[], path: PropertyKey[], key?: string) => {
      const seen = new Set<string>();
      values.forEach((value, index) => {
        if (seen.has(value))
          context.addIssue({
            code: 'custom',
            path: [...path, index, ...(key ? [key] : [])],
            message: `${JSON.stringify(value)} is listed twice; keep one`,
          });
        seen.add(value);
      });
    };
    unique(definition.image.formats.map(fileOfFormat), ['image', 'formats']);
    unique(definition.hardware, ['hardware']);
    unique(securityNames(definition), ['security']);
    unique(definition.kernel.patches.map(nameOfPatch), ['kernel', 'patches'], 'name');
    unique(
      definition.kernel.config.fragments.map((fragment) => fragment.name),
      ['kernel', 'config', 'fragments'],
      'name',
    );
    unique(
      definition.system.users.map((user) => user.name),
      ['system', 'users'],
      'name',
    );
    unique(
      definition.system.files.map((file) => file.path),
      ['system', 'files'],
      'path',
    );
    unique(
      definition.system.perMachine.map((entry) => entry.name),
      ['system', 'perMachine'],
      'name',
    );
    const given = new Set(definition.system.files.map(({ path }) => path));
    const shared = new Set(definition.system.sharedFiles);
    const makers = new Map<string, number>();
    definition.system.perMachine.forEach(({ files }, index) => {
      files.forEach(({ path }, at) => {
        const place = ['system', 'perMachine', index, 'files', at, 'path'];
        const refuse = (why: string) =>
          context.addIssue({ code: 'custom', path: place, message: `${JSON.stringify(path)} is ${why}; keep one` });
        const other = makers.get(path);
        if (other !== undefined) refuse(`made by /system/perMachine/${other} already`);
        if (given.has(path)) refuse('also given in /system/files');
        if (shared.has(path)) refuse('also one of /system/sharedFiles');
        makers.set(path, index);
      });
    });
    const { enable, disable } = definition.system.services;
    const enabled = new Set(enable);
    disable.forEach((name, index) => {
      if (enabled.has(name))
        context.addIssue({
          code: 'custom',
          path: ['system', 'services', 'disable', index],
          message: `${JSON.stringify(name)} is both enabled and disabled; keep one`,
        });
    });
  });

/** A definition with every default filled in. */
export type Definition = z.infer<typeof Definition>;
