/** Where a log first tells of an error: what compilers, make, apt, kernels and shells write. Pure. */
import { plainText } from './ansi.ts';
import type { LogView } from './log-view.ts';

const signs = [
  /(?:^|[\s:[(])(?:fatal )?error(?:\[[^\]]*\])?:/i,
  /^E: /,
  /\*\*\* .*(?:Error|Stop)\b/,
  /\b(?:fatal|panic)\b\s*[:[(-]/i,
  /\bKernel panic\b/,
  /\b(?:failed|failure)\b\s*[:!]/i,
  /^Traceback \(most recent call last\)/,
  /\bundefined reference to\b/,
  /\b(?:command not found|No such file or directory|Permission denied|No space left on device|Out of memory)\b/,
];

/** Words that only sound like it. */
const harmless = /\b(?:no|without|0) errors?\b|-Werror|error-inject|warnings? being treated/i;

export function tellsOfError(line: string): boolean {
  return signs.some((sign) => sign.test(line)) && !harmless.test(line);
}

/** The number of the first such line; undefined when there is none. */
export function firstError(view: LogView): number | undefined {
  for (let index = 0; index < view.length; index++) if (tellsOfError(plainText(view.text(index)))) return index;
  return undefined;
}
