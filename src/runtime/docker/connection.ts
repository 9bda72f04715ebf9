/** Where the Docker Engine is, from LDF's configuration or from the environment that Docker's own tools read. */
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { join } from 'node:path';
import Docker from 'dockerode';
import { LdfError } from '../../errors.ts';

/** The ports Docker registered with IANA: 2375 in the clear, 2376 for TLS. */
const plainPort = 2375;
const tlsPort = 2376;

/**
 * A client of the Docker Engine at `dockerHost` (`unix:///path`, `tcp://host:port`, `ssh://user@host`); undefined means
 * DOCKER_HOST, and without that the default socket. TLS follows DOCKER_TLS_VERIFY and DOCKER_CERT_PATH
 * (https://docs.docker.com/engine/security/protect-access/). Nothing is contacted yet.
 * @throws LdfError `docker.unavailable` when the address or the certificates cannot be read.
 */
export function connectDocker(dockerHost: string | undefined): Docker {
  const host = dockerHost ?? process.env.DOCKER_HOST;
  try {
    const address = host ? dockerAddress(host) : {};
    const options = { ...address, agent: agentOf(address) };
    return new Docker(options);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LdfError('docker.unavailable', `The Docker address ${host} cannot be used: ${why}.`, {
      hint: 'Give an address such as unix:///var/run/docker.sock, tcp://host:2376 or ssh://user@host in LDF_DOCKER_HOST or DOCKER_HOST.',
      cause,
    });
  }
}

/** Whether the engine is reached through a socket of this machine: its path, or a function that looks for the default one. */
export function isOnThisMachine({ modem }: Docker): boolean {
  return 'socketPath' in modem && Boolean(modem.socketPath);
}

/**
 * Each call gets a connection of its own: an engine that is going down still answers on connections that it knows, and
 * would tell of containers that it has just ended as if they had ended by themselves. (ssh brings an agent of its own.)
 */
function agentOf({ protocol }: Docker.DockerOptions): HttpAgent | undefined {
  if (protocol === 'ssh') return undefined;
  return protocol === 'https' ? new HttpsAgent() : new HttpAgent();
}

/** What dockerode takes for an address. @throws Error in words that complete "the address cannot be used". */
export function dockerAddress(host: string): Docker.DockerOptions {
  // An empty host makes dockerode take the socket even when DOCKER_HOST names a machine.
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length), host: '' };
  const url = new URL(host.includes('://') ? host : `tcp://${host}`);
  if (url.hostname === '') throw new Error('it names no host');
  switch (url.protocol) {
    case 'ssh:':
      return { protocol: 'ssh', host: url.hostname, port: url.port || 22, username: url.username };
    case 'tcp:':
    case 'http:':
    case 'https:': {
      const tls = url.protocol === 'https:' || url.port === String(tlsPort) || process.env.DOCKER_TLS_VERIFY === '1';
      const port = url.port || (tls ? tlsPort : plainPort);
      return { protocol: tls ? 'https' : 'http', host: url.hostname, port, ...(tls ? certificates() : {}) };
    }
    default:
      throw new Error(`${url.protocol}// is not an address of Docker`);
  }
}

function certificates(): Docker.DockerOptions {
  const folder = process.env.DOCKER_CERT_PATH;
  if (!folder) return {};
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
}
