/**
 * Stage `boot`: boots every bootable artifact as it is, and passes only when the userspace of each has come up. All of
 * them are tried, and every failure is told.
 */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import PQueue from 'p-queue';
import type { Check, Question } from '../../parts/checks/check.ts';
import { checks } from '../../parts/checks/index.ts';
import { machines } from '../../parts/machines/index.ts';
import { type Accelerator, type Inspection, type Machine, machineOrInspection } from '../../parts/machines/machine.ts';
import { makePart } from '../../parts/part.ts';
import { checkPorts } from '../../src/architecture.ts';
import type { BootData, BootParams } from '../../src/stages/boot/contract.ts';
import { type BootVerdict, bootVerdictsFile } from '../../src/stages/boot/contract.ts';
import type { ChosenPart } from '../../src/stages/chosen-part.ts';
import type { PackagedArtifact, QemuDisk } from '../../src/stages/package/data.ts';
import { packageLayer } from '../../src/stages/package/data.ts';
import { StageFailure } from '../contract/failure.ts';
import type { StageContext, StageProgram } from '../contract/program.ts';
import { chooseAccelerator } from './accelerator.ts';
import { guestsAtOnce, readCapacity } from './capacity.ts';
import { asDisk } from './disk.ts';
import { bootFailure, type FailedBoot } from './failure.ts';
import { startGuest } from './guest.ts';
import { starvation } from './host-share.ts';
import { BootProgress } from './progress.ts';
import { type GuestRun, runGuest } from './run-guest.ts';
import { takePicture } from './screen.ts';
import { compileQuestions, compileSigns, type Phase, type Signs } from './signs.ts';

/** A machine by the name of its part. */
interface NamedMachine {
  use: string;
  machine: Machine;
  signs: Signs;
}

/** What is looked through in place of a boot, by the name of its part. */
interface NamedInspection {
  use: string;
  inspection: Inspection;
}

/** What all boots of a stage share. */
interface Bench {
  context: StageContext<BootParams>;
  /** Absent where nothing is booted. */
  accelerator: Accelerator | undefined;
  /** Who is asked in the guest, and by which name. */
  check: { use: string; part: Check; questions: readonly Question[] } | undefined;
  progress: BootProgress;
}

/** One artifact on one machine. */
type Trial = (NamedMachine | NamedInspection) & Tried;
interface Tried {
  artifact: BootableArtifact;
  /** As logs and messages name it: the artifact, and the machine where it is not the first. */
  name: string;
  /** What its recordings' names begin with. */
  stem: string;
}

/** How it went, in the words of a verdict, and why not where it went badly. */
interface Done {
  trial: Trial;
  account: Omit<BootVerdict, 'artifact'>;
  failed: FailedBoot | undefined;
}

export const boot: StageProgram<BootParams, BootData> = (context) => {
  return bootOn((chosen) => machineOrInspection(makePart('machine', machines, chosen), context.arch), context);
};

/** The stage, on machines that `made` gives; on each of them those that the artifact names, else those of the request, in their order. */
export async function bootOn(
  made: (chosen: ChosenPart) => Machine | Inspection,
  context: StageContext<BootParams>,
): Promise<BootData> {
  const { machine: chosen, alsoOn = [], signs } = context.params;
  const named = (part: ChosenPart): NamedMachine | NamedInspection => {
    const machine = made(part);
    if ('inspect' in machine) return { use: part.use, inspection: machine };
    return { use: part.use, machine, signs: compileSigns(signs, machine.nothingToBoot, machine.secureBoot) };
  };
  const artifacts = bootable((await context.inputData(packageLayer)).artifacts);
  const trials = artifacts.flatMap((artifact) =>
    (artifact.machines ?? [chosen, ...alsoOn]).map((part, index) => trialOf(artifact, named(part), index)),
  );
  const first = trials.find((trial) => 'machine' in trial);
  const { check } = signs;
  const asked = check && {
    use: check.use,
    part: makePart('check', checks, check),
    questions: compileQuestions(signs),
  };
  const accelerator = first && (await chooseAccelerator(first.machine, context.work, context.log));
  const progress = new BootProgress(
    trials.map(({ name }) => name),
    context.progress,
  );
  const bench: Bench = { context, accelerator, check: asked, progress };

  const queue = new PQueue({ concurrency: guestsAtOnce(await readCapacity(), context.params) });
  // Settled, not all: no guest is left running behind when another one's boot throws.
  const settled = await Promise.allSettled(trials.map((trial) => queue.add(() => tried(bench, trial))));
  const boots = settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });

  const verdicts = artifacts.map(({ path }) =>
    verdict(
      path,
      boots.filter(({ trial }) => trial.artifact.path === path),
    ),
  );
  const [failed, ...more] = boots.flatMap(({ failed }) => failed ?? []);
  if (!failed) return { verdicts };
  // A failed stage has no data, and each image its verdict all the same.
  await writeFile(join(context.out, bootVerdictsFile), JSON.stringify({ verdicts } satisfies BootData));
  throw bootFailure([failed, ...more], boots.length);
}

type BootableArtifact = Pick<PackagedArtifact, 'path' | 'disk' | 'machines'> & { qemu: QemuDisk };

/** @throws StageFailure `boot.nothing` */
function bootable(artifacts: readonly PackagedArtifact[]): BootableArtifact[] {
  const found = artifacts.flatMap(({ bootable, qemu, ...artifact }) =>
    bootable && qemu !== null ? { ...artifact, qemu } : [],
  );
  if (found.length > 0) return found;
  throw new StageFailure({
    code: 'boot.nothing',
    message: 'None of the artifacts can boot, so there is nothing to prove.',
    hint: 'Ask for the image of a disk under image.formats, or build without the boot test.',
  });
}

function trialOf(artifact: BootableArtifact, machine: NamedMachine | NamedInspection, index: number): Trial {
  const { path } = artifact;
  const { use } = machine;
  return {
    ...machine,
    artifact,
    ...(index === 0 ? { name: path, stem: path } : { name: `${path} (${use})`, stem: `${path}.${use}` }),
  };
}

async function tried(bench: Bench, trial: Trial): Promise<Done> {
  // Not named after the artifact: the path of a unix socket has 108 bytes at most (unix(7)).
  const folder = await mkdtemp(join(bench.context.work, 'guest-'));
  try {
    return await ('machine' in trial ? bootArtifact(bench, trial, folder) : inspectArtifact(bench, trial, folder));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Looks through the disk of an artifact, for a machine that nothing here can start. */
async function inspectArtifact(
  { context, progress }: Bench,
  trial: NamedInspection & Tried,
  folder: string,
): Promise<Done> {
  const { artifact, inspection, name } = trial;
  const begun = performance.now();
  const disk = await asDisk(artifact.qemu, join(context.input('package'), artifact.path), folder, artifact.disk);
  const { seen, problems } = await inspection.inspect(disk.path, folder);
  const seconds = tenths((performance.now() - begun) / 1000);
  const note = `not booted here: compared with ${inspection.layout}`;
  context.log(`${name}: ${note}`);
  for (const what of seen) context.log(`${name}: as it should be: ${what}`);
  for (const { message } of problems) context.log(`${name}: ${message}`);
  progress.done(name);
  const [cause, ...others] = problems;
  return {
    trial,
    account: { bootable: cause === undefined ? null : false, note, seconds, wallSeconds: seconds },
    failed: cause && { artifact: name, seconds, problems: [cause, ...others], tail: [] },
  };
}

async function bootArtifact(bench: Bench, trial: NamedMachine & Tried, folder: string): Promise<Done> {
  const { context, accelerator = 'tcg', progress } = bench;
  const { artifact, machine, signs, name, stem } = trial;
  const { cpus, memoryMiB, display, words = [], timeoutSeconds, silenceSeconds, wallSeconds } = context.params;
  const console = `${stem}.console.log`;
  const screen = `${stem}.screen.png`;
  const recording = join(context.out, console);
  await mkdir(dirname(recording), { recursive: true });
  const disk = await asDisk(artifact.qemu, join(context.input('package'), artifact.path), folder, artifact.disk);
  context.log(`${name}: booting with ${accelerator}, ${cpus} CPU(s), ${memoryMiB} MiB`);
  const { part: check, questions = [] } = bench.check ?? {};
  const wish = {
    accelerator,
    cpus,
    memoryMiB,
    display,
    disk,
    folder,
    answers: check !== undefined,
    strings: check?.strings(questions, checkPorts[context.arch]) ?? [],
  };
  const guest = await startGuest(machine, wish);
  const limits = {
    timeoutMs: timeoutSeconds * 1000,
    silenceMs: silenceSeconds * 1000,
    wallMs: wallSeconds * 1000,
  };
  let pictured = false;
  const look = async () => {
    const trouble = await takePicture(guest, join(context.out, screen));
    pictured = guest.screenshot !== undefined && trouble === undefined;
    if (trouble !== undefined) context.log(`${name}: there is no picture of its screen: ${trouble}`);
  };
  const listener = {
    line: (text: string) => context.log(`${name}| ${text}`),
    phase: (phase: Phase, atMs: number) => progress.phase(name, phase, atMs),
    waiting: (phase: Phase, atMs: number, wallMs: number) => context.log(`${name}: ${waiting(phase, atMs, wallMs)}`),
  };
  const run = await runGuest(
    guest,
    { signs, report: check?.report({ screen: display, words, questions }) },
    limits,
    recording,
    listener,
    look,
  );
  context.log(`${name}: ${describe(run, bench.check?.use)}`);
  progress.done(name);
  context.output(console);
  if (pictured) context.output(screen);
  const { outcome, tail, host } = run;
  return {
    trial,
    account: {
      bootable: outcome.up,
      seconds: tenths(outcome.seconds),
      wallSeconds: tenths(host.wallSeconds),
      console,
      ...(pictured ? { screen } : {}),
      accelerator,
    },
    failed: outcome.up
      ? undefined
      : {
          artifact: name,
          seconds: outcome.seconds,
          problems: outcome.problems,
          tail,
          circumstance: starvation(accelerator, cpus, host),
        },
  };
}

function waiting(phase: Phase, atMs: number, wallMs: number): string {
  const seconds = (ms: number) => `${Math.round(ms / 1000)} s`;
  return `in phase ${phase}; ${seconds(atMs)} have passed for it, ${seconds(wallMs)} here`;
}

function describe({ outcome, checked, notes, host }: GuestRun, asked = 'nobody'): string {
  const checkNote =
    checked === undefined
      ? ''
      : checked
        ? `; ${asked} was asked for failed units`
        : `; ${asked} gave no account of its units, the console alone decided`;
  const took = `${outcome.seconds.toFixed(1)} s of its time (${host.wallSeconds.toFixed(1)} s here, with the time to be sure of it)`;
  return `${outcome.up ? 'up' : 'failed'} after ${[took + checkNote, ...notes].join('; ')}`;
}

/** Of one artifact on all machines: what failed comes first, for that is to be looked at; then what nothing has booted. */
function verdict(artifact: string, done: readonly Done[]): BootVerdict {
  const shown = [false, null, true].flatMap((is) => done.find(({ account }) => account.bootable === is) ?? [])[0];
  if (!shown) throw new Error(`${artifact} was tried on no machine`);
  const others = done.filter((one) => one !== shown).map(({ trial, account }) => ({ machine: trial.use, ...account }));
  return { artifact, ...shown.account, ...(others.length > 0 ? { others } : {}) };
}

function tenths(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
