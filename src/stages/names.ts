/** The stages and stage images, by name, and what the engine must know of each. Written once, imported everywhere. */
import { assembleCapabilities } from './assemble/capabilities.ts';
import type { Capability } from './capability.ts';

export const imageNames = ['kernel-builder', 'rootfs-assembler', 'image-packager', 'boot-tester'] as const;
export type ImageName = (typeof imageNames)[number];

export const stageNames = ['resolve', 'download', 'prepare', 'compile', 'assemble', 'package', 'boot'] as const;
export type StageName = (typeof stageNames)[number];

/** What a stage image is asked outside any build. */
export const queryNames = ['packages', 'kconfig'] as const;
export type QueryName = (typeof queryNames)[number];

export interface StageTrait {
  image: ImageName;
  /** Stages whose layers this one mounts read-only under /ldf/in/<stage>. */
  inputs: readonly StageName[];
  /** Only resolve and download may reach a network. */
  network: boolean;
  /** How the source store is mounted at /ldf/sources. */
  sources: 'none' | 'read' | 'write';
  /**
   * What a run keeps for the next one, by name: /ldf/keep/<name> is its own to write, /ldf/cache/<name> what an earlier run of
   * the same distribution, sources and image kept. It may change the speed, never the output.
   */
  caches: readonly string[];
  /** What the stage proves it needs; everything else is dropped. */
  capabilities: readonly Capability[];
  /** `/dev/kvm`, for the boot-tester alone. */
  kvm: boolean;
  /** Heavy stages take a place among the few that may run at once. */
  heavy: boolean;
  /** resolve and download leave no layer: the lock and the source store are their results. */
  layer: boolean;
}

const trait = (image: ImageName, rest: Partial<Omit<StageTrait, 'image'>> = {}): StageTrait => ({
  image,
  inputs: [],
  network: false,
  sources: 'none',
  caches: [],
  capabilities: [],
  kvm: false,
  heavy: false,
  layer: true,
  ...rest,
});

export const stageTraits: Readonly<Record<StageName, StageTrait>> = {
  resolve: trait('rootfs-assembler', { network: true, layer: false }),
  download: trait('rootfs-assembler', { network: true, sources: 'write', layer: false }),
  prepare: trait('kernel-builder', { sources: 'read', heavy: true }),
  compile: trait('kernel-builder', { inputs: ['prepare'], caches: ['kernel-trees'], heavy: true }),
  assemble: trait('rootfs-assembler', { sources: 'read', capabilities: assembleCapabilities, heavy: true }),
  package: trait('image-packager', { inputs: ['compile', 'assemble'], heavy: true }),
  boot: trait('boot-tester', { inputs: ['package'], kvm: true, heavy: true }),
};
