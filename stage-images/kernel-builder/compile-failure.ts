/** Why a build of the kernel broke off: the compiler's own words, and what is at fault. */
import { StageFailure } from '../contract/failure.ts';
import type { ToolError } from '../contract/tool.ts';

const shownLines = 15;

/** Causes outside the source, by what the tools say of them. */
const causes = [
  {
    pattern: /No space left on device|Disk quota exceeded/,
    code: 'storage.full',
    hint: 'Free some space where Docker keeps its volumes, then retry the build from stage compile.',
  },
  {
    pattern: /Killed signal terminated program|virtual memory exhausted|Cannot allocate memory/,
    code: 'stage.out-of-memory',
    hint: "Raise the stage's memory limit or lower its number of CPUs, then retry the build from stage compile.",
  },
];

/** The error of the stage; `messages` are the last lines of the build that were no steps. */
export function compileFailure(error: ToolError, messages: readonly string[]): StageFailure {
  const cause = causes.find(({ pattern }) => messages.some((line) => pattern.test(line)));
  return new StageFailure(
    {
      code: cause?.code ?? 'kernel.compile-failed',
      message: [`The kernel did not compile: ${headline(error, messages)}`, ...messages.slice(-shownLines)].join('\n'),
      hint:
        cause?.hint ??
        'If an option was changed last, take it back and retry: not every combination of options compiles. The log of the stage has all messages.',
    },
    'ours',
  );
}

/** The first error in the compiler's or linker's words; make's own report of it comes later and says less. */
function headline(error: ToolError, messages: readonly string[]): string {
  const said = messages.find((line) => /\berror:|undefined reference|No rule to make target|No such file/.test(line));
  return said ?? error.message.split('\n', 1).join('');
}
