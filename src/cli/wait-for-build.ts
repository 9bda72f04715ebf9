/** Follows a build to its end: progress while it runs, what came of it, and Ctrl-C in between. */

import { applyEntry } from '../client/apply-entry.ts';
import { LdfError } from '../errors.ts';
import type { Build } from '../model/build.ts';
import type { Cli } from './cli.ts';
import { exitCodeOfBuild } from './exit-codes.ts';
import { outcomeLine } from './output/build-report.ts';
import { failureLines } from './output/failure.ts';
import { paintFor } from './output/style.ts';
import { buildEvents } from './progress/build-events.ts';
import { LogTail } from './progress/log-tail.ts';
import { createReporter, type Reporter } from './progress/reporter.ts';
import type { ServerConnection } from './server-for-command.ts';
import { isLive, say } from './terminal.ts';

export interface WaitOptions {
  /** Print log lines too. */
  follow: boolean;
  /** Position in the journal to begin at: 0, or its end when a build is taken up again. */
  after: number;
  /** The file of `build -f`, for advice. */
  definitionFile?: string | undefined;
  /** `ldf`, with what it takes to reach the server again. */
  program: string;
}

/**
 * Waits for the end of a build that this command has set going, reports it on stderr and sets the exit code. The first
 * Ctrl-C cancels the build and continues waiting for its end; the second leaves. Ctrl-\ leaves without cancelling it.
 * @returns the build as it ended
 */
export async function waitForBuild(
  cli: Cli,
  server: ServerConnection,
  build: Build,
  options: WaitOptions,
): Promise<Build> {
  const reporter = createReporter(cli.terminal, options.follow);
  const tail = new LogTail();
  const giveBack = cli.interrupts.take(
    () => cancel(server, build.id, reporter),
    () => partingLines(server, build.id, reporter, options.program),
  );
  try {
    reporter.start(build);
    if (isLive(cli.terminal)) reporter.note('Ctrl-C cancels the build; Ctrl-\\ leaves it running.');
    let current = build;
    for await (const { entry } of buildEvents(server, build.id, options.after)) {
      current = applyEntry(current, entry);
      tail.add(entry);
      reporter.entry(current, entry);
    }
  } finally {
    giveBack();
    reporter.stop();
  }
  const ended = await server.client.builds.get(build.id);
  const paint = paintFor(cli.terminal.stderr, cli.terminal.env);
  say(cli.terminal, outcomeLine(ended, paint));
  if (ended.state === 'failed')
    for (const line of failureLines(ended, { ...options, paint, lastLines: tail.of(ended.error?.stage) }))
      say(cli.terminal, line);
  cli.exitCode = exitCodeOfBuild(ended.state);
  return ended;
}

function cancel(server: ServerConnection, buildId: string, reporter: Reporter): void {
  reporter.note(`Cancelling build ${buildId}; Ctrl-C again leaves at once.`);
  reporter.note('To leave a build running, use Ctrl-\\ instead.');
  server.client.builds.cancel(buildId).catch((error: unknown) => {
    // It ended in the meantime: the journal says how.
    if (error instanceof LdfError && error.code === 'state.conflict') return;
    reporter.note(`The build could not be cancelled: ${error instanceof Error ? error.message : String(error)}`);
  });
}

function partingLines(server: ServerConnection, buildId: string, reporter: Reporter, program: string): string[] {
  reporter.stop();
  return server.kind === 'own'
    ? [
        `Left before build ${buildId} had ended: its containers may continue. The next ldf command takes it up again:`,
        `  ${program} logs ${buildId} -f    follows it`,
        `  ${program} cancel ${buildId}     ends it`,
      ]
    : [`Left before build ${buildId} had ended. Follow it with:`, `  ${program} logs ${buildId} -f`];
}
