/** The Docker Engine of this machine: found, installed, started. */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run, which } from './command.mjs';
import { planEngine } from './engine-plan.mjs';
import { installPackages } from './packages.mjs';
import { Problem } from './problem.mjs';

const pingMs = 5_000;
const startMs = 60_000;
const pollMs = 250;
const logFile = '/var/log/ldf-dockerd.log';
const defaultSocket = '/var/run/docker.sock';

/**
 * What brings up all that builds need of the system; nothing when all is there.
 * @returns {Promise<import('./step.mjs').Step[]>}
 */
export async function engineSteps() {
  const address = engineAddress();
  const { packages, start } = planEngine({
    engine: await ping(address),
    address,
    local: address === `unix://${defaultSocket}`,
    root: process.getuid?.() === 0,
    debian: isDebian(),
    systemd: existsSync('/run/systemd/system'), // sd_booted(3)
    dockerd: which('dockerd') !== undefined,
    mmdebstrap: which('mmdebstrap') !== undefined,
    baseImage: Boolean(process.env.LDF_BASE_IMAGE),
  });
  /** @type {import('./step.mjs').Step} */
  const install = {
    title: `installing ${packages.join(', ')}`,
    expectedSeconds: 35,
    run: (say) => installPackages(packages, say),
  };
  /** @type {import('./step.mjs').Step} */
  const begin = {
    title: 'starting Docker Engine',
    expectedSeconds: 2,
    async run(say) {
      // The package may have started the engine by itself.
      if ((await ping(address)) === 'running') return;
      if (start === 'service') await run('systemctl', ['start', 'docker'], { onLine: say });
      await waitFor(address, start === 'daemon' ? startDaemon() : undefined);
    },
  };
  return [...(packages.length > 0 ? [install] : []), ...(start === 'no' ? [] : [begin])];
}

/** As src/runtime/docker/connection.ts and dockerode find it. */
function engineAddress() {
  const given = process.env.LDF_DOCKER_HOST || process.env.DOCKER_HOST;
  if (given) return given.includes('://') ? given : `tcp://${given}`;
  const own = join(homedir(), '.docker', 'run', 'docker.sock');
  return `unix://${existsSync(own) ? own : defaultSocket}`;
}

/**
 * Asks the engine itself: a `docker` command may be a client and no more.
 * @param {string} address
 * @returns {Promise<import('./engine-plan.mjs').Machine['engine']>}
 */
function ping(address) {
  const { protocol, hostname, port, pathname } = new URL(address);
  // ssh and TLS need keys that only the program itself handles: it will tell when they do not open.
  if (protocol !== 'unix:' && (protocol !== 'tcp:' || port === '2376' || process.env.DOCKER_TLS_VERIFY))
    return Promise.resolve('running');
  const target = protocol === 'unix:' ? { socketPath: pathname } : { host: hostname, port: port || 2375 };
  return new Promise((resolve) => {
    const asked = request({ ...target, path: '/_ping', timeout: pingMs }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200 ? 'running' : 'silent');
    });
    asked.once('timeout', () => asked.destroy());
    asked.once('error', (error) => {
      const code = 'code' in error ? error.code : undefined;
      if (code === 'EACCES' || code === 'EPERM') resolve('denied');
      else resolve(code === 'ENOENT' ? 'absent' : 'silent');
    });
    asked.end();
  });
}

function isDebian() {
  if (which('apt-get') === undefined || !existsSync('/etc/os-release')) return false;
  // os-release(5): ID, and ID_LIKE for what derives from it.
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/**
 * Starts dockerd so that it outlives this script; what it says goes to a file. Nothing is started while one is coming up.
 * @returns {import('node:child_process').ChildProcess | undefined}
 */
function startDaemon() {
  if (processOf('/var/run/docker.pid') === 'dockerd') return undefined;
  // After a crash another process may have the number in a pid file: the programs would take it for themselves.
  rmSync('/var/run/docker.pid', { force: true });
  const containerd = '/var/run/docker/containerd/containerd.pid';
  if (processOf(containerd) !== 'containerd') rmSync(containerd, { force: true });
  mountControlGroups();
  // One older log is kept: it may say why the engine died.
  if (existsSync(logFile)) renameSync(logFile, `${logFile}.1`);
  const log = openSync(logFile, 'w');
  const daemon = spawn(which('dockerd') ?? 'dockerd', [], { cwd: '/', detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  daemon.unref();
  return daemon;
}

/**
 * The name of the process whose number is in a pid file; undefined when there is none.
 * @param {string} pidFile
 */
function processOf(pidFile) {
  if (!existsSync(pidFile)) return undefined;
  const name = `/proc/${readFileSync(pidFile, 'utf8').trim()}/comm`;
  return existsSync(name) ? readFileSync(name, 'utf8').trim() : undefined;
}

/** Containers need control groups; where no init has mounted them, version 2 is all that Docker wants (cgroups(7)). */
function mountControlGroups() {
  const folder = '/sys/fs/cgroup';
  if (readdirSync(folder).length > 0) return;
  const { status, stderr } = spawnSync('mount', ['-t', 'cgroup2', 'cgroup2', folder], { encoding: 'utf8' });
  if (status !== 0)
    throw new Problem(`Control groups cannot be mounted on ${folder}: ${stderr}`, 'Mount them (cgroups(7)).');
}

/**
 * Waits until the engine answers.
 * @param {string} address
 * @param {import('node:child_process').ChildProcess | undefined} daemon  The process that is to answer, if we started it.
 */
async function waitFor(address, daemon) {
  const deadline = Date.now() + startMs;
  while ((await ping(address)) !== 'running') {
    if (daemon && (daemon.exitCode !== null || daemon.signalCode !== null))
      throw new Problem(`dockerd ended as soon as it was started:\n${endOfLog()}`, `Its whole log is in ${logFile}.`);
    if (Date.now() > deadline)
      throw new Problem(
        `Docker Engine does not answer at ${address} after ${startMs / 1000} s.`,
        daemon ? `See its log, ${logFile}.` : 'See `journalctl -u docker`, or end the dockerd that hangs.',
      );
    await sleep(pollMs);
  }
}

function endOfLog() {
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-20).join('\n');
}
