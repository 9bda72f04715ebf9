/**
 * A stage is one value: all that the rest of LDF has to know of it. Its folder holds it (`<stage>/stage.ts`) beside its
 * contract, and `index.ts` lists it; see docs/adding-a-stage.md.
 */
import type { Definition } from '../definition/definition.ts';
import type { Capability } from './capability.ts';
import type { ChosenPart } from './chosen-part.ts';
import type { Composed } from './composed.ts';
import { ProgramName, type StageContract } from './contract.ts';
import type { KernelForm } from './kernel-form.ts';
import type { KernelGroup, PackagesGroup } from './lock.ts';
import type { LockedGroups } from './locked.ts';
import type { ImageName, StageName } from './names.ts';
import type { Signing, SigningCertificate } from './signing.ts';
import { alwaysAlike, type Workload } from './workload.ts';

/**
 * What becomes of a stage's result. `lock`: the exact sources of the build. `sources`: contents of the source store. `layer`:
 * a volume that is found again by its content key. `artifacts`: a layer whose images and documents are the build's.
 * `verdicts`: a layer that says of each artifact that can boot whether it did.
 */
export type ResultKind = 'lock' | 'sources' | 'layer' | 'artifacts' | 'verdicts';

export interface StageTraits {
  /** Whether it may reach a network. */
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
  /** `/dev/kvm`, where there is one. */
  kvm: boolean;
  /** Heavy stages take a place among the few that may run at once. */
  heavy: boolean;
  /** Its image also boots an artifact for a person to type into; see console.ts. */
  console: boolean;
}

/** What one run may use, as one writes it in the environment (`LDF_STAGE_<limit>_<STAGE>`), which may say otherwise. */
export interface StageLimits {
  timeout: string;
  /** Longest time without a line of log. */
  silence: string;
  memory: string;
  pids: string;
  /** 0: all. */
  cpus: string;
  log: string;
  output: string;
}

/** What planning a stage may look at. Without a lock that answers the definition, its groups are missing. */
export interface StageFacts {
  definition: Definition;
  /** How many times the usual time to wait. */
  timeFactor: number;
  composition: Composed;
  /** What the image is signed with; null: with nothing. */
  signing: Signing | null;
  /** What the kernel's modules are signed for; null: they are not. */
  moduleSigning: SigningCertificate | null;
  /** Where the kernel comes from, and whether it is compiled or finished. */
  source: ChosenPart;
  form: KernelForm;
  kernel: KernelGroup | undefined;
  packages: PackagesGroup | undefined;
  /** Without packages where nothing is asked for. */
  boot: LockedGroups['boot'] | undefined;
  /** Empty where the definition names no file with one. */
  patches: LockedGroups['patches'] | undefined;
}

/** What a stage is asked for in a build. */
export interface PlannedRun<Params = unknown> {
  /** null while the lock that they depend on is missing; which image it is may be known before. */
  params: Params | null;
  /** The image that does it; default: the stage's. */
  image?: ImageName;
}

/** What of a build decides which stages it has. */
export interface BuildTraits {
  /** Boot what can boot. */
  boot: boolean;
  /** As it was checked, by this version of LDF or an earlier one. */
  definition: unknown;
}

export interface Stage {
  name: StageName;
  contract: StageContract;
  /** The image it runs in, unless its plan chooses another. */
  image: ImageName;
  /** Stages that must be done first. They stand before it in the list. */
  after: readonly StageName[];
  /** Stages whose layers it mounts read-only under /ldf/in/<stage>; they are among `after`, or come before those. */
  inputs: readonly StageName[];
  traits: StageTraits;
  limits: StageLimits;
  /** What a run takes on the disk while there is no history of it: its output, and its scratch while it runs. */
  guess: { outputBytes: number; scratchBytes: number };
  result: ResultKind;
  /** Whether such a build has it. */
  isIn(build: BuildTraits): boolean;
  /** null while the lock that the parameters depend on is missing. Pure. */
  plan(facts: StageFacts): PlannedRun | null;
  /** What its time is made of; as exact as can be told, with a lock or without. Pure. */
  workload(facts: StageFacts): Workload;
  /** The kernel options that recorded parameters ask for; null where they ask for none. */
  kernelOptions(params: unknown): RecordedOption[] | null;
  /** The output that is a kernel's finished configuration, as a .config; of one stage. null: it makes none. */
  configuration: string | null;
  /** sha256 of the certificate whose private key a run of these parameters is given; null: none. */
  signsWith(params: unknown): string | null;
  /** Recorded parameters as reasons tell of them: under the names that a user knows them by. */
  described(params: unknown): unknown;
}

/** `from`: a component's id, or `definition`. */
export interface RecordedOption {
  symbol: string;
  value: string;
  from: string;
}

/** Generous: they stop what hangs, they do not tune. */
const usualLimits = { silence: '20m', pids: '4096', cpus: '0', log: '256M' };

const usualTraits: StageTraits = {
  network: false,
  sources: 'none',
  caches: [],
  capabilities: [],
  kvm: false,
  heavy: false,
  console: false,
};

/** What a stage says of itself; the rest has a default. */
interface StageDescription<Params, Data> {
  contract: StageContract<Params, Data>;
  image: ImageName;
  after: readonly StageName[];
  inputs?: readonly StageName[];
  traits?: Partial<StageTraits>;
  limits: Partial<StageLimits> & Pick<StageLimits, 'timeout' | 'memory' | 'output'>;
  guess: Stage['guess'];
  result: ResultKind;
  /** Default: every build has it. */
  isIn?: Stage['isIn'];
  plan(facts: StageFacts): PlannedRun<Params> | null;
  /** Default: every run of it has the same to do. */
  workload?: Stage['workload'];
  /** Recorded parameters may be of an earlier version. Default: none ask for any. */
  kernelOptions?(params: unknown): RecordedOption[] | null;
  /** Default: none. */
  configuration?: string;
  /** Default: with none. */
  signsWith?(params: Params): string | null;
  /** Default: as they are. */
  described?(params: unknown): unknown;
}

/** @throws Error for a name that is none; see ProgramName. */
export function defineStage<Params, Data>(description: StageDescription<Params, Data>): Stage {
  const {
    contract,
    inputs = [],
    traits,
    limits,
    isIn = () => true,
    workload = () => alwaysAlike,
    kernelOptions,
    configuration = null,
    signsWith,
    described,
    ...rest
  } = description;
  return {
    ...rest,
    name: ProgramName.parse(contract.stage),
    contract,
    inputs,
    traits: { ...usualTraits, ...traits },
    limits: { ...usualLimits, ...limits },
    isIn,
    workload,
    kernelOptions: (params) => kernelOptions?.(params) ?? null,
    configuration,
    signsWith: (params) => signsWith?.(contract.params.parse(params)) ?? null,
    described: (params) => (described ? described(params) : params),
  };
}

/** Whether a stage leaves a layer: the lock and the source store are results of another kind. */
export function leavesLayer({ result }: Pick<Stage, 'result'>): boolean {
  return result !== 'lock' && result !== 'sources';
}

/**
 * The list as it is, when it holds: each name once, each stage behind those it comes after, inputs that leave layers, the lock
 * first and once, the sources once.
 * @throws Error that names the stage and what is wrong with it
 */
export function checkedStages(stages: readonly Stage[]): readonly Stage[] {
  const before = new Map<string, Stage>();
  for (const stage of stages) {
    const refuse = (why: string) => new Error(`stage ${stage.name} ${why}; see src/stages/index.ts`);
    if (before.has(stage.name)) throw refuse('is listed twice');
    for (const name of [...stage.after, ...stage.inputs])
      if (!before.has(name)) throw refuse(`needs ${name}, which is not listed before it`);
    for (const name of stage.inputs) {
      const input = before.get(name);
      if (input && !leavesLayer(input)) throw refuse(`reads ${name}, which leaves no layer`);
    }
    if ((stage.result === 'lock') !== (before.size === 0))
      throw refuse('must give the lock if it is the first, and only then');
    before.set(stage.name, stage);
  }
  for (const kind of ['sources', 'artifacts'] as const)
    if (stages.filter(({ result }) => result === kind).length !== 1)
      throw new Error(`one stage, and only one, must have the result ${kind}; see src/stages/index.ts`);
  return stages;
}
