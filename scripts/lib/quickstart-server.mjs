/** The server of a quickstart: the browser shows what the terminal shows, and the image can be used from there afterwards. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { capture, root } from './command.mjs';
import { Problem } from './problem.mjs';

const program = join('dist', 'ldf.js');
const usualPort = 8080;
/** What it says when it answers. */
const greeting = /^LDF answers at (\S+) /;
const tailLines = 20;

/**
 * @typedef {object} Server
 * @property {string} url
 * @property {boolean} own  Whether it was started here, and goes with the quickstart.
 * @property {() => Promise<void>} stop
 */

/**
 * The server that runs on the data folder already, or that LDF_SERVER names; else one that is started.
 * @returns {Promise<Server>}
 * @throws {Problem} where it does not come up, with what it said last
 */
export async function quickstartServer() {
  const link = await signInLink();
  if (link !== undefined) return { url: new URL(link).origin, own: false, stop: async () => undefined };
  // In a process group of its own: Ctrl-C is for the build, which says how it can be left.
  const child = spawn(process.execPath, [program, 'serve'], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, LDF_PORT: process.env.LDF_PORT || String(await freePort()) },
  });
  const ended = once(child, 'close');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  process.once('exit', () => child.kill('SIGTERM'));
  /** @type {string[]} */
  const tail = [];
  const url = await new Promise((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (tail.push(line) > tailLines) tail.shift();
      const [, answersAt] = greeting.exec(line) ?? [];
      if (answersAt !== undefined) resolve(answersAt);
    });
    ended.then(([code, signal]) => reject(new Problem([`ldf serve ended (${code ?? signal}):`, ...tail].join('\n'))));
  });
  return { url, own: true, stop };
}

/**
 * A link that signs a browser in once.
 * @returns {Promise<string | undefined>} undefined where no server runs
 */
export async function signInLink() {
  const { code, stdout } = await capture(process.execPath, [program, 'open', '--no-browser', '--json']);
  return code === 0 ? JSON.parse(stdout).result.url : undefined;
}

/** @returns {Promise<number>} the usual port, or 0 (any) where that is taken */
async function freePort() {
  const probe = createServer();
  try {
    probe.listen(usualPort, '127.0.0.1');
    await once(probe, 'listening');
    return usualPort;
  } catch {
    return 0;
  } finally {
    probe.close();
  }
}
