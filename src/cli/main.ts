#!/usr/bin/env node
/** The program `ldf`. */
import { run } from './run.ts';

/** A reader that has seen enough (`ldf builds | head`) is no error. */
process.stdout.on('error', (error) => {
  if ('code' in error && error.code === 'EPIPE') process.exit();
  throw error;
});

process.exitCode = await run(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  now: Date.now,
  signals: process,
  leave: (exitCode) => process.exit(exitCode),
});
