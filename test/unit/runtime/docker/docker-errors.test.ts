import { describe, expect, it } from 'vitest';
import { LdfError } from '../../../../src/errors.ts';
import { connectDocker, dockerAddress } from '../../../../src/runtime/docker/connection.ts';
import { dockerError, engineMessage } from '../../../../src/runtime/docker/docker-error.ts';
import { isMissingKvm, startFailure } from '../../../../src/runtime/docker/start-failure.ts';
import type { ContainerSpec } from '../../../../src/runtime/runtime.ts';

/** As docker-modem makes them of an answer. */
function answer(statusCode: number, reason: string, message: string): Error {
  return Object.assign(new Error(`(HTTP code ${statusCode}) ${reason} - ${message} `), { statusCode, reason });
}
const system = (code: string): Error => Object.assign(new Error(`connect ${code} /var/run/docker.sock`), { code });

describe('an error of Docker', () => {
  it.each([
    ['ENOENT', 'Install'],
    ['ECONNREFUSED', 'systemctl start docker'],
    ['EACCES', 'group docker'],
    ['EPERM', 'group docker'],
    ['ENOTFOUND', 'DOCKER_HOST'],
    ['ECONNRESET', 'docker info'],
  ])('of the connection (%s) says what to do', (code, hint) => {
    const error = dockerError('list volumes', system(code));
    expect(error).toMatchObject({ code: 'docker.unavailable', hint: expect.stringContaining(hint) });
  });

  it('of a full disk is told apart', () => {
    const full = answer(500, 'server error', 'write /var/lib/docker/x: no space left on device');
    expect(dockerError('create volume x', full).code).toBe('storage.full');
  });

  it('of another kind names what was tried, in the words of the engine', () => {
    const error = dockerError('start container c', answer(409, 'conflict', 'c is - as you know - paused'));
    expect(error).toMatchObject({
      code: 'internal',
      message: 'Docker could not start container c: c is - as you know - paused',
    });
    expect(engineMessage(new Error('plain'))).toBe('plain');
  });

  it('that is explained already stays as it is', () => {
    const known = new LdfError('stage.vanished', 'gone');
    expect(dockerError('x', known)).toBe(known);
  });
});

describe('a container that does not start', () => {
  const spec: ContainerSpec = {
    name: 'c',
    owner: { build: 'b', stage: 'resolve', attempt: 1 },
    image: 'i',
    mounts: [],
    hostname: 'ldf',
    network: true,
    capabilities: [],
    kvm: false,
    limits: { memoryBytes: 1, pids: 1, cpus: 1, logBytes: 1 << 20, timeoutMs: 60_000 },
    files: {},
  };
  const bridge = answer(
    500,
    'server error',
    'failed to create endpoint c on network bridge: could not find bridge docker0',
  );

  it('for want of a network says so where it asked for one', () => {
    expect(startFailure(spec, bridge)).toMatchObject({
      subcode: 'docker.no-network',
      message: /stage resolve.*docker0/,
    });
    expect(startFailure({ ...spec, network: false }, bridge).code).toBe('internal');
    expect(startFailure(spec, system('ECONNREFUSED'))).toMatchObject({
      code: 'docker.unavailable',
      subcode: undefined,
    });
  });

  it('for want of /dev/kvm is known', () => {
    const words = 'error gathering device information while adding custom device "/dev/kvm": no such file or directory';
    expect(isMissingKvm(answer(500, 'server error', words))).toBe(true);
    expect(isMissingKvm(bridge)).toBe(false);
  });
});

describe('an address of Docker', () => {
  it('may be a socket, a host with or without TLS, or a host behind ssh', () => {
    expect(dockerAddress('unix:///run/user/1000/docker.sock')).toMatchObject({
      socketPath: '/run/user/1000/docker.sock',
    });
    expect(dockerAddress('tcp://build.example')).toEqual({ protocol: 'http', host: 'build.example', port: 2375 });
    expect(dockerAddress('build.example:4000')).toMatchObject({ protocol: 'http', port: '4000' });
    expect(dockerAddress('tcp://build.example:2376')).toMatchObject({ protocol: 'https', port: '2376' });
    expect(dockerAddress('ssh://me@build.example')).toMatchObject({ protocol: 'ssh', port: 22, username: 'me' });
  });

  it('that is none is an error that shows it', () => {
    for (const address of ['ftp://x', 'tcp://'])
      expect(() => connectDocker(address)).toThrow(
        expect.objectContaining({ code: 'docker.unavailable', message: expect.stringContaining(address) }),
      );
  });
});
