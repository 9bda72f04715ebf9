/**
 * The plan: an exact, serialisable list of stages with their parameters and content keys. Pure: no clock, no network,
 * no database, no Docker. The same input always gives the same plan.
 */
import type { Definition } from '../definition/definition.ts';
import type { StageParams } from '../stages/contracts.ts';
import type { KernelForm } from '../stages/kernel-form.ts';
import type { KernelGroup, PackagesGroup } from '../stages/lock.ts';
import type { LockedPackage, PackageSource } from '../stages/locked-package.ts';
import { type StageName, stageNames, stageTraits } from '../stages/names.ts';
import { stageAfter } from '../stages/order.ts';
import { recommendationNotes } from '../stages/recommendations.ts';
import { compose } from './compose.ts';
import { Faults } from './faults.ts';
import { mountPoints } from './fstab.ts';
import { answeringGroups } from './lock.ts';
import { stageKey } from './request.ts';
import type { Composition, Plan, PlanInput, PlannedStage } from './types.ts';
import { wishesOf } from './wishes.ts';

/** How long a boot may take, and be silent, in the guest's time; and in the host's, which may be busy and have no KVM. */
const bootLimits = { timeoutSeconds: 900, silenceSeconds: 240, wallSeconds: 3600 } as const;
/** The machine that images are booted on, unless their packages want more. */
const bootMachine = { memoryMiB: 1024, cpus: 1, display: false } as const;

/** @throws LdfError `definition.impossible` with every fault at once. */
export function planBuild(input: PlanInput): Plan {
  const { definition, catalog, lock, images } = input;
  const faults = new Faults();
  const composition = compose(definition, catalog, faults);
  const wishes = wishesOf(definition, composition, faults);
  faults.throwIfAny(definition.name);

  const { kernel, packages } = answeringGroups(wishes, definition.arch, lock);
  const params = stageParameters(definition, composition, wishes.kernel.form, kernel, packages);
  const keys: Partial<Record<StageName, string>> = {};
  const stages = stageNames
    .filter((name) => name !== 'boot' || input.boot)
    .map((name) => {
      const { image, inputs, layer } = stageTraits[name];
      const known = params[name] !== null && layer && images && inputs.every((stage) => keys[stage]);
      const key = known ? stageKey(name, definition.arch, images[image], params[name], keys) : null;
      if (key) keys[name] = key;
      return { name, image, after: [...stageAfter[name]], params: params[name], key } as PlannedStage;
    });
  return {
    definition,
    composition,
    wishes,
    stages,
    notes: recommendationNotes(packages),
    sources: kernel && packages ? [...kernel.sources, ...packages.packages].map(fileOf) : [],
  };
}

type Parameters = { [Stage in StageName]: StageParams[Stage] | null };

function stageParameters(
  definition: Definition,
  composition: Composition,
  form: KernelForm,
  kernel: KernelGroup | undefined,
  packages: PackagesGroup | undefined,
): Parameters {
  return {
    // What has to be resolved depends on the lock; the engine asks `resolveParams`.
    resolve: null,
    download: kernel && packages ? downloadParams(kernel, packages) : null,
    prepare: kernel ? prepareParams(definition, composition, form, kernel) : null,
    compile: kernel ? { form, sourceDate: kernel.sourceDate } : null,
    assemble: packages ? assembleParams(definition, composition, packages) : null,
    package: kernel && packages ? packageParams(definition, composition, form, kernel, packages) : null,
    boot: { firmware: 'uefi', ...machineParams(composition, packages), ...bootLimits, signs: composition.signs },
  };
}

function downloadParams(kernel: KernelGroup, packages: PackagesGroup): StageParams['download'] {
  return {
    sources: [...kernel.sources, ...packages.packages].map(fileOf),
    dates: [...new Set([packages.sourceDate, kernel.sourceDate])],
  };
}

function prepareParams(
  definition: Definition,
  composition: Composition,
  form: KernelForm,
  kernel: KernelGroup,
): StageParams['prepare'] {
  const wanted = {
    version: kernel.version,
    sources: kernel.sources.map(locked),
    options: composition.kernelOptions,
    sourceDate: kernel.sourceDate,
  };
  return form === 'source' ? { form, base: definition.kernel.config.base, ...wanted } : { form, ...wanted };
}

function assembleParams(
  definition: Definition,
  composition: Composition,
  packages: PackagesGroup,
): StageParams['assemble'] {
  const { system } = definition;
  return {
    suite: definition.userland.suite,
    packages: packages.packages.map(locked),
    ...(packages.kernel ? { kernel: packages.kernel } : {}),
    aptSources: packages.aptSources,
    hostname: system.hostname ?? definition.name,
    timezone: system.timezone,
    locale: system.locale,
    users: system.users.map((user) => ({
      name: user.name,
      passwordHash: user.passwordHash ?? null,
      sshKeys: user.sshKeys,
      groups: user.sudo && user.name !== 'root' ? [...new Set([...user.groups, 'sudo'])] : user.groups,
      shell: user.shell,
    })),
    files: composition.files,
    services: composition.services,
    mountPoints: mountPoints(composition.fstab),
    // Only where something is asked for: what is packed then has the key it always had.
    ...(composition.perMachine.length > 0 ? { perMachine: composition.perMachine } : {}),
    ...(system.sharedFiles.length > 0 ? { sharedFiles: system.sharedFiles } : {}),
    sourceDate: packages.sourceDate,
  };
}

function packageParams(
  definition: Definition,
  composition: Composition,
  form: KernelForm,
  kernel: KernelGroup,
  packages: PackagesGroup,
): StageParams['package'] {
  const formats = composition.components.flatMap(({ component }) => component.imageFormat ?? []);
  return {
    name: definition.name,
    version: definition.version,
    title: `${definition.name} ${definition.version}`,
    size: definition.image.size,
    formats: [...new Set(formats)].sort(),
    compression: definition.image.compression,
    partitions: composition.partitions,
    boot: composition.boot,
    fstab: composition.fstab,
    cmdline: composition.cmdline,
    bootModules: composition.bootModules,
    packages: packages.packages.map(locked),
    kernel: { form, version: kernel.version, sources: kernel.sources.map(locked) },
    sourceDate: Math.max(kernel.sourceDate, packages.sourceDate),
  };
}

/** The machine that has what every package in the image wants of it; without a lock nobody knows what is in it. */
function machineParams(
  { machine }: Composition,
  packages: PackagesGroup | undefined,
): Pick<StageParams['boot'], keyof typeof bootMachine> {
  const present = new Set(packages?.packages.map(({ name }) => name));
  const wanted = machine.filter((wish) => wish.packages.some((name) => present.has(name)));
  return {
    cpus: bootMachine.cpus,
    display: wanted.some(({ screen }) => screen),
    memoryMiB: Math.max(bootMachine.memoryMiB, ...wanted.flatMap(({ memoryMiB }) => memoryMiB ?? [])),
  };
}

/** Without the address it came from: the same file from another mirror gives the same key. */
function locked({ url: _url, ...rest }: PackageSource): LockedPackage {
  return rest;
}

function fileOf({ url, sha256, sizeBytes, filename }: PackageSource) {
  return { url, sha256, sizeBytes, filename };
}
