/** Running the programs that a set-up is made of. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Problem } from './problem.mjs';

/** The folder of the project. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

const tailLines = 30;

/**
 * Runs a program quietly: its lines go to `onLine`, and only when it fails are the last of them shown.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ onLine?: (line: string) => void, env?: Record<string, string>, hint?: string }} [options]
 * @returns {Promise<void>}
 */
export async function run(program, args, { onLine, env, hint } = {}) {
  const child = spawn(program, args, { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  /** @type {string[]} */
  const tail = [];
  const read = [child.stdout, child.stderr].map(
    (stream) =>
      new Promise((resolve) => {
        createInterface({ input: stream })
          .on('line', (line) => {
            if (tail.push(line) > tailLines) tail.shift();
            onLine?.(line);
          })
          .once('close', resolve);
      }),
  );
  const [end] = await Promise.all([ended(child), ...read]);
  if (end !== 0) throw new Problem([`${program} ${args.join(' ')} failed (${end}):`, ...tail].join('\n'), hint);
}

/**
 * Runs a program on this terminal.
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {Promise<number>} its exit code
 */
export async function pass(program, args) {
  const child = spawn(program, args, { cwd: root, stdio: 'inherit' });
  // Ctrl-C goes to the whole process group: the program decides what to do about it, and this script waits for it.
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  const end = await ended(child);
  process.off('SIGINT', ignore);
  return typeof end === 'number' ? end : 1;
}

/**
 * Runs a program beside another one, and keeps what it prints until it has ended.
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {Promise<{ code: number, output: string }>} its exit code, and both streams in one
 */
export async function passLater(program, args) {
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece) => {
      output += piece;
    });
  const end = await ended(child);
  return { code: typeof end === 'number' ? end : 1, output };
}

/**
 * Runs a program for its answer; what it says beside that is not shown.
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {Promise<{ code: number | string, stdout: string }>}
 */
export async function capture(program, args) {
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] });
  const [stdout, code] = await Promise.all([text(child.stdout), ended(child)]);
  return { code, stdout };
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number | string>} its exit code, or the signal or error that ended it
 */
function ended(child) {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'no exit code'));
  });
}

/**
 * Where a program is found; administrators' folders count, also for those who have them not in their PATH.
 * @param {string} program
 * @returns {string | undefined}
 */
export function which(program) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}
