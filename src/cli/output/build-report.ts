/** A build for people: what came of it, its stages, its artifacts. */

import { formatBytes, formatDuration } from '../../amounts.ts';
import type { Artifact } from '../../model/artifact.ts';
import type { Build } from '../../model/build.ts';
import type { StageRun } from '../../model/stage-run.ts';
import { unknownUsage } from '../../stages/contract.ts';
import { firstLine, formatTime, secondsBetween } from './format.ts';
import { type Paint, stateSymbol, stateWord } from './style.ts';
import { formatTable } from './table.ts';

/** `✓ edge-gateway 1.2 (x86_64) succeeded in 6m 12s`. */
export function outcomeLine(build: Build, paint: Paint): string {
  const seconds = secondsBetween(build.startedAt, build.endedAt);
  const took = seconds === null ? '' : ` ${build.state === 'succeeded' ? 'in' : 'after'} ${formatDuration(seconds)}`;
  const title = paint('bold', `${build.name} ${build.version}`);
  return `${stateSymbol(build.state, paint)} ${title} (${build.arch}) ${stateWord(build.state, paint)}${took}`;
}

/**
 * Images first, each with its sha256 and what its boot showed; then what comes with them.
 * @param nameOf how to call an artifact: its path where it was downloaded, else its name
 */
export function artifactLines(build: Build, nameOf: (artifact: Artifact) => string, paint: Paint): string[] {
  const images = build.artifacts.filter(({ kind }) => kind === 'image');
  const others = build.artifacts.filter(({ kind }) => kind !== 'image');
  const lines = images.flatMap((image) => [
    paint('bold', nameOf(image)),
    `  format  ${image.format}, ${formatBytes(image.sizeBytes)}`,
    `  sha256  ${image.sha256}`,
    `  boot    ${verdictWords(image.verdict, paint)}`,
    ...(image.removedAt === undefined
      ? []
      : [`  ${paint('yellow', 'removed')} to make room, ${formatTime(image.removedAt)}`]),
  ]);
  const table = formatTable(
    [{ title: '' }, { title: '' }, { title: '', align: 'right' }],
    others.map((artifact) => [nameOf(artifact), artifact.format, formatBytes(artifact.sizeBytes)]),
  );
  return [...lines, ...table.slice(1)];
}

export function verdictWords(verdict: Artifact['verdict'], paint: Paint): string {
  if (verdict === null) return paint('yellow', 'not tested');
  if (verdict.bootable === null) return paint('yellow', verdict.note ?? notBooted);
  return verdict.bootable
    ? paint('green', `booted in ${formatDuration(verdict.seconds)}`)
    : paint('red', `not bootable, after ${formatDuration(verdict.seconds)}`);
}

/** Of an image for a machine that nothing here can start. */
export const notBooted = 'not booted here';

/** What whoever takes images should know of them: those that failed their boot, and those that were not booted. */
export function bootWarnings(
  artifacts: readonly Pick<Artifact, 'name' | 'bootable' | 'verdict'>[],
  build?: Pick<Build, 'state'>,
): string[] {
  const images = artifacts.filter(({ bootable }) => bootable);
  const warnings = images
    .filter(({ verdict }) => verdict?.bootable === false)
    .map(({ name }) => `Warning: ${name} failed its boot test. Do not use it where it has to start.`);
  for (const { name, verdict } of images)
    if (verdict?.bootable === null) warnings.push(`Warning: ${name}: ${verdict.note ?? notBooted}.`);
  const untried = images.filter(({ verdict }) => verdict === null).map(({ name }) => name);
  if (untried.length > 0) warnings.push(`Warning: not boot-tested: ${untried.join(', ')}.`);
  if (build?.state === 'failed' && warnings.length === 0)
    warnings.push('Warning: the build of these artifacts failed.');
  return warnings;
}

/** One line a stage: state, attempt, duration, what its container used, and why it ran or did not have to. */
export function stageLines(build: Build, paint: Paint): string[] {
  const columns = [
    { title: '' },
    { title: 'STAGE' },
    { title: 'STATE' },
    { title: 'TRY', align: 'right' },
    { title: 'TOOK', align: 'right' },
    { title: 'CPU', align: 'right' },
    { title: 'MEMORY', align: 'right' },
    { title: 'WRITTEN', align: 'right' },
    { title: 'WHY' },
  ] as const;
  return formatTable(
    columns,
    build.stages.map((stage) => stageCells(stage, paint)),
  );
}

function stageCells(stage: StageRun, paint: Paint): string[] {
  const seconds = secondsBetween(stage.startedAt, stage.endedAt);
  const { cpuSeconds, peakMemoryBytes, writtenBytes } = stage.usage ?? unknownUsage;
  return [
    stateSymbol(stage.state, paint),
    stage.name,
    stateWord(stage.state, paint),
    String(stage.attempt),
    seconds === null ? '' : formatDuration(seconds),
    cpuSeconds === null ? '' : formatDuration(cpuSeconds),
    peakMemoryBytes === null ? '' : formatBytes(peakMemoryBytes),
    writtenBytes === null ? '' : formatBytes(writtenBytes),
    firstLine(stage.error?.message ?? stage.reason ?? ''),
  ];
}
