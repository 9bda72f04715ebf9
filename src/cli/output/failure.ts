/** What a user needs when a build has failed: why, the last words of the stage, and the commands that come next. */

import type { Build } from '../../model/build.ts';
import { printableText } from '../../printable-text.ts';
import { shellWord } from '../../shell-word.ts';
import { problemLines } from './error.ts';
import type { Paint } from './style.ts';
import { formatTable } from './table.ts';

export interface FailureContext {
  paint: Paint;
  /** The last log lines of the stage that failed; empty when they were not followed. */
  lastLines: readonly string[];
  /** The file of `build -f`, for the way back to it. */
  definitionFile?: string | undefined;
  /** `ldf` and the options that reach the same server. */
  program: string;
}

export function failureLines(build: Build, context: FailureContext): string[] {
  const { paint, lastLines } = context;
  const { error } = build;
  if (error === null) return [];
  const lines = problemLines(error, paint);
  if (lastLines.length > 0) {
    lines.push('', `Last lines of ${error.stage ?? 'the log'}:`);
    for (const line of lastLines) lines.push(paint('dim', `  │ ${printableText(line)}`));
  }
  return [
    ...lines,
    '',
    'What next:',
    ...formatTable([{ title: '' }, { title: '' }], nextSteps(build, context)).slice(1),
  ];
}

/** The exact commands, the likeliest first. */
function nextSteps(build: Build, { program, definitionFile }: FailureContext): string[][] {
  const stage = build.error?.stage;
  const log = [`  ${program} logs ${build.id}${stage ? ` --stage ${stage}` : ''}`, 'the whole log'];
  // Nothing of a verification is kept to continue from.
  if (build.verifies !== null)
    return [log, [`  ${program} verify ${build.verifies}`, 'the same once more, from nothing']];
  const retry = [
    `  ${program} retry ${build.id}`,
    stage ? `${stage} and what follows again; finished stages keep their results` : 'the same once more',
  ];
  const again =
    definitionFile === undefined
      ? [`  ${program} build ${build.name}`, 'after fixing and applying the definition']
      : [`  ${program} build -f ${shellWord(definitionFile)}`, 'after fixing the definition'];
  // A pointer means that the definition is at fault: the same again would fail again.
  const definitionAtProblem =
    build.error?.retry === undefined && (build.error?.details.some((detail) => detail.pointer !== '') ?? false);
  return definitionAtProblem ? [again, log] : [log, retry, again];
}
