import { describe, expect, it } from 'vitest';
import { type Machine, planEngine } from '../../../scripts/lib/engine-plan.mjs';
import { nextSteps, qemuCommand } from '../../../scripts/lib/next-steps.mjs';
import { Problem } from '../../../scripts/lib/problem.mjs';
import { quickstartArguments } from '../../../scripts/lib/quickstart-arguments.mjs';
import { pendingEntry, stepLines } from '../../../scripts/lib/step-view.mjs';

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
  const compiled = 'examples/minimal.yaml';
  const finished = 'examples/instant.yaml';

  it('builds the definition whose kernel is finished, into out/', () => {
    const words = ['build', '-f', finished, '--wait', '--output', 'out'];
    const asked = { definition: finished, compiles: false, output: 'out', speaks: true, words };
    expect(quickstartArguments([])).toEqual(asked);
    // Its name until this became the default.
    expect(quickstartArguments(['--instant'])).toEqual(asked);
  });

  it('compiles a kernel when it is asked to, and passes on the rest', () => {
    expect(quickstartArguments(['--no-boot', '--compile', '--output=images'])).toMatchObject({
      definition: compiled,
      compiles: true,
      output: 'images',
      words: ['build', '-f', compiled, '--wait', '--no-boot', '--output=images'],
    });
    expect(quickstartArguments(['--output', 'a b', '--json'])).toMatchObject({ output: 'a b', speaks: false });
  });

  it('shows its own help', () => {
    for (const word of ['--help', '-h']) expect(quickstartArguments(['--compile', word])).toBe('help');
  });

  it.each([
    [['--compile', '--instant'], /exclude each other/],
    [['--output'], /names no folder/],
    [['-f', 'mine.yaml'], /takes no -f/],
    [['--file=mine.yaml'], /takes no --file=mine.yaml/],
  ])('refuses %j with a way out', (given, message) => {
    expect(() => quickstartArguments(given)).toThrow(Problem);
    expect(() => quickstartArguments(given)).toThrow(message);
  });

  it('says at its end how to continue: QEMU, a kernel of your own, a definition, the browser', () => {
    const artifacts = [
      { name: 'instant-0.1-x86_64.cdx.json', format: 'sbom' },
      { name: 'instant-0.1-x86_64.raw', format: 'raw' },
    ];
    const done = { output: 'out', compiled: false, arch: 'x86_64', artifacts, served: false };
    const text = nextSteps(done).join('\n');
    expect(text).toContain('format=raw,file=out/instant-0.1-x86_64.raw');
    const ways = [
      'npm run quickstart -- --compile',
      'ldf.js serve',
      'ldf.js open',
      'ldf.js init',
      'boot instant --root',
    ];
    for (const way of [...ways, 'packages: [htop]']) expect(text).toContain(way);
    expect(nextSteps({ ...done, compiled: true }).join('\n')).not.toContain('--compile');
    expect(nextSteps({ ...done, served: true }).join('\n')).not.toContain('ldf.js serve');
  });

  it('leaves QEMU out where its command would not work', () => {
    const packed = [{ name: 'a.raw.zst', format: 'raw.zst' }];
    const done = { output: 'out', compiled: false, arch: 'x86_64', artifacts: packed, served: true };
    expect(nextSteps(done).join('\n')).not.toContain('qemu');
  });

  it('writes a command that a shell and QEMU read as it is meant', () => {
    const [, , drive] = qemuCommand("my images/it's,1.qcow2", 'qcow2');
    expect(drive).toBe(`  -drive 'if=virtio,format=qcow2,file=my images/it'\\''s,,1.qcow2' \\`);
  });
});

describe('the view of a set-up', () => {
  it('shows what is done, what runs and since when, and what is still to come', () => {
    const done = { ...pendingEntry('npm packages', 30), state: 'done', startedMs: 0, endedMs: 31_400 } as const;
    const running = {
      ...pendingEntry('Docker', 35),
      state: 'running',
      startedMs: 1_000,
      news: 'Unpacking runc',
    } as const;
    const lines = stepLines([done, running, pendingEntry('the build', 120)], 13_000, 60);
    expect(lines[0]).toBe('✓ npm packages  31s');
    expect(lines[1]).toMatch(/^\S Docker {2}12s of ~35s {2}Unpacking runc$/);
    expect(lines[2]).toBe('○ the build  ~2m 00s');
  });

  it('wraps no line', () => {
    const running = { ...pendingEntry('Docker', 35), state: 'running', news: 'x'.repeat(200) } as const;
    for (const line of stepLines([running], 0, 40)) expect(line.length).toBeLessThan(40);
  });
});
