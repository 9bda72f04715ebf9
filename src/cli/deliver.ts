/** What a command that waited for a build leaves behind: artifacts on disk, and the result on stdout. */
import { access, constants, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Client } from '../client/client.ts';
import type { Artifact } from '../model/artifact.ts';
import type { Build } from '../model/build.ts';
import type { Cli } from './cli.ts';
import { downloadBuild } from './files/download-artifact.ts';
import { fileError } from './files/file-error.ts';
import { type ErrorDocument, printResult } from './json.ts';
import { artifactLines } from './output/build-report.ts';
import { shownPath } from './output/shown-path.ts';
import { paintFor } from './output/style.ts';
import { createDownloadReporter } from './progress/download-reporter.ts';
import { print } from './terminal.ts';

export interface DeliverOptions {
  json: boolean;
  /** Absolute; see outputFolder. */
  folder?: string | undefined;
  /** `ldf`, with what it takes to reach the server again. */
  program: string;
}

/**
 * The folder of `--output`, made before the work begins: what cannot be written to is better known now than at the end.
 * @throws LdfError `usage`
 */
export async function outputFolder(cli: Cli, output: string | undefined): Promise<string | undefined> {
  if (output === undefined) return undefined;
  const folder = resolve(cli.terminal.cwd, output);
  await mkdir(folder, { recursive: true })
    .then(() => access(folder, constants.W_OK))
    .catch((error: unknown) => {
      throw fileError(error, `The folder ${output} cannot be written to`);
    });
  return folder;
}

/** With `json` exactly one document is printed. A build that did not succeed delivers what it has, such as its consoles. */
export async function deliver(cli: Cli, client: Client, build: Build, options: DeliverOptions): Promise<void> {
  const { terminal } = cli;
  const { folder } = options;
  // What a cancelled build has made is no result of it: `ldf download` gives it to who wants it.
  const delivered = build.state === 'cancelled' ? undefined : folder;
  if (delivered !== undefined) await downloadWithProgress(cli, client, build, delivered);
  if (options.json) return printResult(cli, build, endedBadly(build));
  if (build.artifacts.length === 0) return;
  const nameOf = (artifact: Artifact) =>
    delivered === undefined ? artifact.name : shownPath(terminal.cwd, join(delivered, artifact.name));
  for (const line of artifactLines(build, nameOf, paintFor(terminal.stdout, terminal.env))) print(terminal, line);
  if (delivered === undefined)
    print(terminal, `\nGet them with:  ${options.program} download ${build.id} --output DIR`);
}

/** Why a build that did not succeed did not. */
export function endedBadly(build: Build): ErrorDocument | null {
  if (build.state === 'cancelled')
    return { code: 'build.cancelled', message: 'The build was cancelled.', hint: null, details: [] };
  if (build.error === null) return null;
  const { code, message, hint, details } = build.error;
  return { code, message, hint, details };
}

/** Downloads all artifacts and build.json, showing each on stderr. */
export async function downloadWithProgress(cli: Cli, client: Client, build: Build, folder: string): Promise<void> {
  const reporter = createDownloadReporter(cli.terminal);
  try {
    await downloadBuild(client, build, folder, { signal: cli.interrupts.signal, onProgress: reporter.progress });
  } finally {
    reporter.stop();
  }
}
