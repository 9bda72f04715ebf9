/** Several rows of commands side by side: those of a row run one after the other. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ended, root } from './command.mjs';

/** @typedef {readonly string[]} Command  A program and its arguments. */

/**
 * Runs each lane to its first command that fails. Whole lines of all lanes come as they are written.
 * @param {readonly (readonly Command[])[]} lanes
 * @param {Record<string, string>} env  Beside this process's own.
 * @returns {Promise<Command[]>} the commands that failed, and those that were left out because of them
 */
export async function runLanes(lanes, env) {
  const ignore = () => undefined;
  // Ctrl-C goes to the whole process group: each command ends, and this script waits for it.
  process.on('SIGINT', ignore);
  const notDone = await Promise.all(lanes.map((lane) => runLane(lane, env)));
  process.off('SIGINT', ignore);
  return notDone.flat();
}

/**
 * @param {readonly Command[]} lane
 * @param {Record<string, string>} env
 * @returns {Promise<readonly Command[]>}
 */
async function runLane(lane, env) {
  for (const [index, command] of lane.entries()) {
    console.log(`\n> ${command.join(' ')}`);
    if ((await runByLines(command, env)) !== 0) return lane.slice(index);
  }
  return [];
}

/**
 * @param {Command} command
 * @param {Record<string, string>} env
 */
async function runByLines([program = '', ...args], env) {
  const child = spawn(program, args, { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', console.log);
  return ended(child);
}
