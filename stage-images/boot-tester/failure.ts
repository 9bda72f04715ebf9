/** Puts boots that failed into the words of a stage's error. */
import type * as z from 'zod';
import type { Problem } from '../../parts/checks/check.ts';
import { mostEvidence } from '../../src/fix.ts';
import type { StageErrorDetail } from '../../src/stages/contract.ts';
import { StageFailure } from '../contract/failure.ts';

export interface FailedBoot {
  artifact: string;
  seconds: number;
  /** The cause first. */
  problems: readonly [Problem, ...Problem[]];
  /** The console's lines that explain it. */
  tail: readonly string[];
  /** A sentence on the host, where it may have had a part in it. */
  circumstance?: string | undefined;
}

/** A boot that ended like this may only have been slow. */
const wantsTime: ReadonlySet<string> = new Set(['boot.timeout', 'boot.silent', 'boot.too-slow']);

/** The failure of the stage: every boot that failed is a detail. QEMU's own failures are ours, all others the image's. */
export function bootFailure(failed: readonly [FailedBoot, ...FailedBoot[]], tried: number): StageFailure {
  const [first] = failed;
  const [cause] = (failed.find((boot) => boot.problems[0].code !== 'boot.qemu') ?? first).problems;
  const what =
    failed.length === 1
      ? sentence(first)
      : `${failed.length} of ${tried} images did not come up: ${failed.map(summary).join('; ')}.`;
  const circumstance = failed.find((boot) => boot.circumstance !== undefined)?.circumstance;
  const message = circumstance === undefined ? what : `${what}${what.endsWith('.') ? '' : '.'} ${circumstance}`;
  return new StageFailure(
    {
      code: cause.code,
      message,
      hint: cause.hint,
      details: failed.map(detail),
      ...(circumstance !== undefined || wantsTime.has(cause.code) ? { retry: 'more-time' as const } : {}),
      ...(cause.code === 'boot.qemu' ? { retry: 'same' as const } : {}),
    },
    cause.code === 'boot.qemu' ? 'ours' : 'user',
  );
}

function sentence({ artifact, problems: [cause] }: FailedBoot): string {
  const evidence = cause.evidence === undefined ? '' : `: ${cause.evidence.split('\n').at(-1)}`;
  return `${artifact} did not come up: ${cause.message}${evidence}`;
}

function summary({ artifact, problems: [cause] }: FailedBoot): string {
  return `${artifact} (${cause.message})`;
}

function detail(boot: FailedBoot): z.input<typeof StageErrorDetail> {
  const [cause, ...others] = boot.problems;
  const paragraphs = [
    `${sentence(boot)} (${boot.seconds.toFixed(1)} s after the start)`,
    ...(boot.circumstance === undefined ? [] : [boot.circumstance]),
    ...section('Also seen:', others.map(describe)),
  ];
  return {
    // No place of the definition is known to be the cause.
    pointer: '',
    message: paragraphs.join('\n'),
    ...(cause.evidence === undefined ? {} : { value: cause.evidence }),
    hint: cause.hint,
    ...(boot.tail.length === 0 ? {} : { evidence: boot.tail.slice(-mostEvidence) }),
  };
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line.replaceAll('\n', '\n    ')}`)];
}

function describe({ message, evidence }: Problem): string {
  return evidence === undefined ? message : `${message}: ${evidence}`;
}
