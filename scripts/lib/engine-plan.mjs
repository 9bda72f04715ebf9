/** What has to be done so that builds find a Docker Engine. Pure: what the machine is like comes in. */
import { Problem } from './problem.mjs';

/**
 * @typedef {object} Machine
 * @property {'running' | 'absent' | 'silent' | 'denied'} engine  What answers at Docker's address: the engine; no socket;
 *   nobody; or the socket is closed to us.
 * @property {string} address  Where that is.
 * @property {boolean} local  Whether it is this machine's default socket, so that an engine started here answers there.
 * @property {boolean} root  Whether we run as root.
 * @property {boolean} debian  Debian or Ubuntu, with apt.
 * @property {boolean} systemd  Whether systemd runs the services.
 * @property {boolean} dockerd  Whether the engine's program is installed. (A `docker` command alone is a client.)
 * @property {boolean} mmdebstrap  Whether mmdebstrap is installed.
 * @property {boolean} baseImage  Whether LDF_BASE_IMAGE names a base image, so that none has to be bootstrapped.
 */

/**
 * @typedef {object} Plan
 * @property {string[]} packages  To install with apt.
 * @property {'no' | 'service' | 'daemon'} start  How to start the engine: not at all, through systemd, by ourselves.
 */

const enginePackages = ['docker.io', 'iptables', 'ca-certificates'];
/** Ubuntu lacks the keys that Debian's packages are signed with. */
const bootstrapPackages = ['mmdebstrap', 'debian-archive-keyring'];

/**
 * @param {Machine} machine
 * @returns {Plan}
 * @throws {Problem} when something is missing that we may not install
 */
export function planEngine(machine) {
  const running = machine.engine === 'running';
  if (machine.engine === 'denied')
    throw new Problem(
      `This user may not use Docker: ${machine.address} is closed to it.`,
      'Add the user to the group docker (`sudo usermod -aG docker $USER`, then log in again), or run this as root.',
    );
  if (!running && !machine.local)
    throw new Problem(
      `No Docker Engine answers at ${machine.address}.`,
      'Correct LDF_DOCKER_HOST or DOCKER_HOST, or unset it to use the engine of this machine.',
    );
  const packages = [
    ...(running || machine.dockerd ? [] : enginePackages),
    ...(machine.mmdebstrap || machine.baseImage ? [] : bootstrapPackages),
  ];
  if (packages.length > 0 && !(machine.root && machine.debian)) throw missing(machine, packages);
  if (running) return { packages, start: 'no' };
  if (machine.root) return { packages, start: machine.systemd ? 'service' : 'daemon' };
  throw new Problem(
    'Docker Engine is installed and does not run.',
    `Start it: ${machine.systemd ? '`sudo systemctl start docker`' : '`sudo dockerd`'}, or run \`sudo npm run setup\` once.`,
  );
}

/**
 * @param {Machine} machine
 * @param {string[]} packages
 */
function missing(machine, packages) {
  const engine = packages.includes('docker.io');
  const what = [
    ...(engine ? ['Docker Engine 20.10 or newer'] : []),
    ...(packages.includes('mmdebstrap')
      ? ['mmdebstrap (or a base image for Docker to pull, named in LDF_BASE_IMAGE, such as debian:trixie-slim)']
      : []),
  ];
  const byHand = engine
    ? 'Install it as https://docs.docker.com/engine/install/ says for this system, and start it'
    : 'Install it with the package manager of this system';
  return new Problem(
    `Missing on this machine: ${what.join('; ')}.`,
    machine.debian
      ? `Run \`sudo npm run setup\`, or \`sudo apt-get install --no-install-recommends ${packages.join(' ')}\`.`
      : `${byHand}; then run this again.`,
  );
}
