import { describe, expect, it } from 'vitest';
import { type Machine, planEngine } from '../../scripts/lib/engine-plan.mjs';
import { Problem } from '../../scripts/lib/problem.mjs';
import { quickstartArguments } from '../../scripts/lib/quickstart-arguments.mjs';

/** A fresh Debian machine with nothing of ours, as root, without a service manager. */
const fresh: Machine = {
  engine: 'absent',
  address: 'unix:///var/run/docker.sock',
  local: true,
  root: true,
  debian: true,
  systemd: false,
  dockerd: false,
  mmdebstrap: false,
  baseImage: false,
};
const ready: Machine = { ...fresh, engine: 'running', dockerd: true, mmdebstrap: true };

function refusal(machine: Machine): { message: string; hint: string } {
  try {
    planEngine(machine);
  } catch (error) {
    if (error instanceof Problem) return { message: error.message, hint: error.hint ?? '' };
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('setting a machine up', () => {
  it('does nothing where everything is there, whoever asks', () => {
    for (const more of [{}, { root: false }, { debian: false }, { local: false, dockerd: false }])
      expect(planEngine({ ...ready, ...more })).toEqual({ packages: [], start: 'no' });
  });

  it('installs and starts an engine on a fresh machine', () => {
    const { packages, start } = planEngine(fresh);
    expect(packages).toEqual(expect.arrayContaining(['docker.io', 'mmdebstrap']));
    expect(start).toBe('daemon');
    expect(planEngine({ ...fresh, systemd: true }).start).toBe('service');
  });

  it('starts an engine that is installed and died', () => {
    for (const engine of ['absent', 'silent'] as const)
      expect(planEngine({ ...ready, engine })).toEqual({ packages: [], start: 'daemon' });
  });

  it('needs no mmdebstrap where a base image is named', () => {
    expect(planEngine({ ...ready, mmdebstrap: false, baseImage: true, root: false }).packages).toEqual([]);
    expect(planEngine({ ...ready, mmdebstrap: false }).packages).toContain('mmdebstrap');
  });

  it('says once all that is missing when it may not install', () => {
    const { message, hint } = refusal({ ...fresh, root: false });
    expect(message).toMatch(/Docker Engine.*mmdebstrap.*LDF_BASE_IMAGE/);
    expect(hint).toMatch(/sudo npm run setup.*apt-get install.*docker\.io/);
    expect(refusal({ ...fresh, debian: false }).hint).toContain('docs.docker.com/engine/install');
  });

  it('neither uses sudo nor starts what a user may not start', () => {
    expect(refusal({ ...ready, engine: 'absent', root: false }).hint).toContain('sudo dockerd');
    expect(refusal({ ...ready, engine: 'absent', root: false, systemd: true }).hint).toContain(
      'systemctl start docker',
    );
    expect(refusal({ ...ready, engine: 'denied', root: false }).hint).toContain('group docker');
  });

  it('leaves engines elsewhere to those who named them', () => {
    const { message, hint } = refusal({ ...ready, engine: 'silent', local: false, address: 'tcp://build:2375' });
    expect(message).toContain('tcp://build:2375');
    expect(hint).toContain('DOCKER_HOST');
  });
});

describe('quickstart', () => {
  it('builds the smallest definition into out/', () => {
    expect(quickstartArguments([])).toEqual(['build', '-f', 'examples/minimal.yaml', '--wait', '--output', 'out']);
  });

  it('compiles no kernel when it has to be quick, and passes on the rest', () => {
    expect(quickstartArguments(['--no-boot', '--instant', '--output=images'])).toEqual([
      ...['build', '-f', 'examples/instant.yaml', '--wait', '--no-boot', '--output=images'],
    ]);
  });
});
