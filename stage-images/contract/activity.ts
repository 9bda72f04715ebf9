/** What a stage is at: told with its progress, and as a heading in its log. */
import { formatPhase, formatProgress } from '../../src/stages/contract.ts';

/**
 * A text is both: the note beside the progress bar, and the phase that begins. Where the note changes within a phase, each
 * has its own; `item` is what the phase is at when it handles many, such as a package.
 */
export type Activity = string | { note: string; phase: string; item?: string };

/** Prints the lines that report progress, with one more where a phase, or an item of it, begins. At 1 nothing begins. */
export function progressReporter(print: (line: string) => void) {
  let begun = '';
  return (fraction: number, activity: Activity = ''): void => {
    const { note, phase, item } = typeof activity === 'string' ? { note: activity, phase: activity } : activity;
    const line = formatPhase(phase, item);
    if (phase !== '' && fraction < 1 && line !== begun) {
      begun = line;
      print(line);
    }
    print(formatProgress(fraction, note));
  };
}
