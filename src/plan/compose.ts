/** What the components of a definition, and the definition itself, add up to. Pure. */
import type { Catalog } from '../catalog/catalog.ts';
import { componentId } from '../catalog/catalog.ts';
import type { Contributions } from '../catalog/component.ts';
import { imageOfToolchain } from '../catalog/toolchain-image.ts';
import type { Definition } from '../definition/definition.ts';
import type { ChosenPart } from '../stages/chosen-part.ts';
import { fromComponent, fromDefinition, type Origin, originText } from '../stages/origin.ts';
import { bootPackages } from './boot-packages.ts';
import { canonicalJson } from './canonical.ts';
import { commandLine } from './command-line.ts';
import { type Selected, selectComponents } from './components.ts';
import { deviceTreesOf } from './device-trees.ts';
import { diskOf } from './disk/disk.ts';
import { overlayFileSystem, rootFileSystem } from './disk/file-systems.ts';
import { labelsOf } from './disk/labels.ts';
import { formatsOf } from './formats.ts';
import { mergeKernelOptions } from './kernel-options.ts';
import { packages } from './packages.ts';
import type { Problems } from './problems.ts';
import { recommendedPackages } from './recommended.ts';
import { checkSignedBoot, checkSignedModules } from './signing.ts';
import type { Settled } from './target.ts';
import type { Composition } from './types.ts';
import { UserlandRules } from './userland.ts';

/** Problems are added to `problems`; what is returned is only good when there are none. */
export function compose(definition: Settled, catalog: Catalog, problems: Problems): Composition {
  const selected = selectComponents(definition, catalog, problems);
  const root = rootFileSystem(definition).name;
  const early = overlayFileSystem(definition);
  const contributionsOf = ({ component }: Selected): Contributions[] => {
    const own = component.perArch[definition.arch];
    const all = own ? [component.contributes, own] : [component.contributes];
    return component.kind === 'filesystem' && component.name !== root
      ? all.map((one) => beyondRoot(one, component.name === early))
      : all;
  };
  /** Everything of one sort, with the component it comes from, in dependency order. */
  const gather = <Item>(pick: (contribution: Contributions) => readonly Item[]): { item: Item; from: Origin }[] =>
    selected.flatMap((entry) =>
      contributionsOf(entry)
        .flatMap(pick)
        .map((item) => ({ item, from: fromComponent(componentId(entry.component)) })),
    );
  const items = <Item>(pick: (contribution: Contributions) => readonly Item[]) => gather(pick).map(({ item }) => item);

  const enable = unique([...items((c) => c.services.enable), ...definition.system.services.enable]);
  const disable = unique([...items((c) => c.services.disable), ...definition.system.services.disable]);
  const bootModules = new Map<string, boolean>();
  for (const name of items((c) => c.initramfs.modules)) bootModules.set(name, false);
  for (const name of items((c) => c.initramfs.needed)) bootModules.set(name, true);
  checkSignedBoot(definition, selected, problems);
  checkSignedModules(definition, selected, problems);
  const disk = diskOf(
    definition,
    selected,
    { partitions: gather((c) => c.partitions), fstab: gather((c) => c.fstab) },
    problems,
  );
  const kept = new Set(definition.system.services.enable);
  const dropped = new Set(definition.system.services.disable);
  const userland = new UserlandRules(definition, selected, catalog, problems);
  const recommends = userland.recommended([...gather((c) => c.recommends), ...disk.recommends]);
  const wanted = packages(definition, selected, userland.packages(gather((c) => c.packages)), recommends, problems);
  const allFiles = files(
    definition,
    gather((c) => c.files),
    problems,
  );
  userland.check(allFiles);

  const questions = items((c) => c.console.questions ?? []);
  const toolchain = partOfKind(selected, 'toolchain');
  const initramfs = partOfKind(selected, 'initramfs');

  return {
    components: selected,
    kernelOptions: mergeKernelOptions(selected, contributionsOf, definition.kernel.config, problems),
    deviceTrees: deviceTreesOf(
      gather((c) => c.kernel.deviceTrees),
      problems,
    ),
    packages: wanted,
    recommended: recommendedPackages(wanted, recommends),
    files: allFiles,
    baseFiles: userland.baseFiles(allFiles),
    // The definition has the last word: what it disables, no component enables, and the other way round.
    services: {
      enable: enable.filter((name) => !dropped.has(name)),
      disable: disable.filter((name) => !kept.has(name)),
    },
    perMachine: perMachine(
      definition,
      gather((c) => c.perMachine),
      problems,
    ),
    fstab: disk.fstab,
    cmdline: commandLine(
      definition,
      gather((c) => c.kernel.cmdline),
      gather((c) => c.kernel.cmdlineExcludes),
      problems,
    ),
    bootModules: [...bootModules].map(([name, needed]) => ({ name, needed })),
    partitions: disk.partitions,
    overlay: disk.overlay,
    growth: disk.growth,
    labels: labelsOf(
      definition,
      gather((c) => (c.labels ? [c.labels] : [])),
      disk.partitions,
      problems,
    ),
    userland: partOfKind(selected, 'userland'),
    shell: userland.shell,
    init: partOfKind(selected, 'init'),
    bootLoader: partOfKind(selected, 'bootloader'),
    initramfs,
    toolchain,
    toolchainImage: imageOfToolchain(toolchain.use),
    formats: formatsOf(definition, selected, problems),
    espFiles: items((c) => c.boot.esp),
    machine: items((c) => c.machine),
    bootsOn: machines(items((c) => c.bootsOn)),
    archiveComponents: unique(items((c) => c.archiveComponents)).sort(),
    bootPackages: bootPackages(
      definition,
      initramfs.use,
      gather((c) => c.bootPackages),
      problems,
    ),
    signs: {
      up: items((c) => c.console.up),
      down: items((c) => c.console.down),
      check: items((c) => (c.console.check ? [c.console.check] : [])).at(0),
      ...(questions.length > 0 ? { questions } : {}),
    },
  };
}

/** Of a file system that does not hold the root: what mounts and boots the root is not of this image. @param early the initramfs mounts it */
function beyondRoot(contributions: Contributions, early: boolean): Contributions {
  const { kernel } = contributions;
  return {
    ...contributions,
    kernel: { ...kernel, cmdline: [] },
    fstab: [],
    ...(early ? {} : { initramfs: { needed: [], modules: [] } }),
    partitions: [],
  };
}

/** A file of the definition replaces a component's; two components must not write the same one. */
function files(
  definition: Definition,
  contributed: readonly { item: Composition['files'][number] | Definition['system']['files'][number]; from: Origin }[],
  problems: Problems,
): Composition['files'] {
  const byPath = new Map<string, Composition['files'][number]>();
  for (const { item, from } of contributed) {
    const other = byPath.get(item.path);
    if (other)
      problems.add('', `${originText(other.from)} and ${originText(from)} both write ${item.path}`, {
        hint: `Give the file in /system/files, or choose another for one of the two components.`,
      });
    byPath.set(item.path, { ...item, from });
  }
  definition.system.users.forEach((user, index) => {
    // sudoers(5): who has no password could never answer sudo's question.
    if (user.sudo && user.passwordHash === undefined && user.name !== 'root')
      byPath.set(`/etc/sudoers.d/${user.name}`, {
        path: `/etc/sudoers.d/${user.name}`,
        content: `${user.name} ALL=(ALL:ALL) NOPASSWD: ALL\n`,
        mode: '0440',
        from: fromDefinition(`/system/users/${index}/sudo`),
      });
  });
  definition.system.files.forEach((file, index) => {
    byPath.set(file.path, { ...file, from: fromDefinition(`/system/files/${index}`) });
  });
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** As with files: an entry of the definition replaces a component's of that name; two components must not share one. */
function perMachine(
  definition: Definition,
  contributed: readonly { item: Definition['system']['perMachine'][number]; from: Origin }[],
  problems: Problems,
): Composition['perMachine'] {
  const byName = new Map<string, Composition['perMachine'][number]>();
  for (const { item, from } of contributed) {
    const other = byName.get(item.name);
    const both = other && `${originText(other.from)} and ${originText(from)} both`;
    if (both)
      problems.add('', `${both} have an entry ${item.name} of files to make at first boot`, {
        hint: 'Give the entry in /system/perMachine, or choose another for one of the two components.',
      });
    byName.set(item.name, { ...item, from });
  }
  definition.system.perMachine.forEach((entry, index) => {
    byName.set(entry.name, { ...entry, from: fromDefinition(`/system/perMachine/${index}`) });
  });
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Each once. */
function machines(contributed: readonly ChosenPart[]): ChosenPart[] {
  return [...new Map(contributed.map((machine) => [canonicalJson(machine), machine])).values()];
}

/** A definition chooses one; where the catalog does not have it, that is a problem already. */
function partOfKind(
  selected: readonly Selected[],
  kind: 'userland' | 'init' | 'bootloader' | 'initramfs' | 'toolchain',
): ChosenPart {
  const [part] = selected.flatMap(({ component }) => (component.kind === kind ? partOf(component) : []));
  return part ?? { use: '', params: {} };
}

function partOf({ use, params }: ChosenPart): ChosenPart {
  return { use, params };
}

function unique<Item>(items: readonly Item[]): Item[] {
  return [...new Set(items)];
}
