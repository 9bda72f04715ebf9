/** What planning takes in and gives out. All of it is plain data that can be written to JSON and read again. */
import type { Catalog } from '../catalog/catalog.ts';
import type { Component, Contributions } from '../catalog/component.ts';
import type { Definition } from '../definition/definition.ts';
import type { Composed } from '../stages/composed.ts';
import type { Lock } from '../stages/lock.ts';
import type { ImageName, StageName } from '../stages/names.ts';
import type { Origin } from '../stages/origin.ts';
import type { BootWish, KernelWish, PackagesWish, PatchWish } from '../stages/resolve/contract.ts';
import type { SigningCertificate } from '../stages/signing.ts';
import type { SourceFile } from '../stages/source-file.ts';
import type { Workload } from '../stages/workload.ts';

export interface PlanInput {
  definition: Definition;
  catalog: Catalog;
  /** Boot what can boot. */
  boot: boolean;
  /** How many times the usual time stages may give what they wait for; default: once. */
  timeFactor?: number | undefined;
  /** Without a lock the plan has no keys. */
  lock?: Lock | undefined;
  /** The key sets of the installation, where the definition may name one. */
  keySets?: readonly KnownKeySet[] | undefined;
  /** Identity of each stage image that is there; a stage whose image is not has no key. */
  images?: Readonly<Partial<Record<ImageName, string>>> | undefined;
}

/** A key set as planning knows it: its certificate, or why nothing can be signed with it; and the same of artifacts. */
export interface KnownKeySet {
  name: string;
  certificate: SigningCertificate | null;
  problem: KeySetProblem | null;
  artifactProblem: KeySetProblem | null;
}

export interface KeySetProblem {
  message: string;
  hint: string;
}

/** What all components of a definition, and the definition itself, add up to. */
export interface Composition extends Composed {
  /** In dependency order: what is required comes before what requires it. `origin`: what chose it, or requires it. */
  components: { component: Component; origin: Origin }[];
  packages: PackagesWish['names'];
  /** Packages that are taken in where that is possible. */
  recommended: { name: string; from: Origin }[];
  machine: Contributions['machine'];
  /** Parts of the suite's archive that packages come from, beside the usual ones. */
  archiveComponents: string[];
  /** Packages that provide boot files; who asks for each. */
  bootPackages: { name: string; from: Origin }[];
}

/** A stage of a plan. */
export interface PlannedStage {
  name: StageName;
  /** The image that it runs in. */
  image: ImageName;
  /** Stages that must be done before this one starts. */
  after: readonly StageName[];
  /** Stages whose layers it reads. */
  inputs: readonly StageName[];
  /** As the stage's contract has them; null while the lock that they depend on is missing. */
  params: unknown;
  /** sha256 of everything that may change the output; null without lock and images, and for stages that leave no layer. */
  key: string | null;
  /** What its time is made of. */
  workload: Workload;
}

export interface Plan {
  definition: Definition;
  composition: Composition;
  /** What the lock's groups have to answer; null: nothing is asked of one. */
  wishes: { kernel: KernelWish; packages: PackagesWish; boot: BootWish | null; patches: PatchWish[] };
  stages: PlannedStage[];
  /** Remarks on what the lock leaves out and what it was made with, as sentences; empty without a lock. */
  notes: string[];
  /** What of stage images and components is another than when the lock was made, see `madeOtherwise`; '' without images. */
  madeOtherwise: string;
  /** Every file the lock names; empty without a lock. */
  sources: SourceFile[];
}
