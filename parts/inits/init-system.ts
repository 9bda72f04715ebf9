/** What differs from one init system to the next. */
import type { PerMachine } from '../../src/definition/per-machine.ts';
import type { Origin } from '../../src/stages/origin.ts';
import type { RootFs } from '../root-fs/root-fs.ts';

/** Names of services, as a definition and its components have them. */
export interface Services {
  enable: readonly string[];
  disable: readonly string[];
}

/** Files that each machine makes for itself. `from` is what asked for them; absent: a package that is known for it. */
export type FirstBootEntry = PerMachine & { from?: Origin };

export interface FirstBoot {
  entries: readonly FirstBootEntry[];
  /** Files that are to be the same on every machine, for the definition or a component gives them. */
  given: readonly string[];
}

/** All of it is done to a root file system whose packages are configured, and nothing of it runs a service. */
export interface InitSystem {
  /** @throws StageFailure `init.missing` where the packages did not bring what runs as process 1. */
  require(root: RootFs): Promise<void>;
  /** Starts services at boot, or does not. @throws StageFailure `services.unknown` or `services.impossible`. */
  setServices(root: RootFs, services: Services): Promise<void>;
  /**
   * Leaves to the first boot what must differ from machine to machine: its identity, keys, names.
   * @throws StageFailure `first-boot.impossible`.
   */
  prepareFirstBoot(root: RootFs, firstBoot: FirstBoot): Promise<void>;
}
