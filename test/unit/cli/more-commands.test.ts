/** diff, components, delete, completion, boot; what a download says of its images; the manual page. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { qemuCommand } from '../../../src/cli/boot/qemu.ts';
import { bootWarnings, verdictWords } from '../../../src/cli/output/build-report.ts';
import { firstLine } from '../../../src/cli/output/format.ts';
import { comparePackageVersions } from '../../../src/cli/output/package-version.ts';
import type { Verdict } from '../../../src/model/artifact.ts';
import type { StageScript } from '../../../src/runtime/fake/fake-stage.ts';
import { resultOf } from '../../fixtures/cli-result.ts';
import { CliWorld, packaging } from './cli-world.ts';
import { artifact } from './terminal.ts';

const exec = promisify(execFile);
let world: CliWorld;
let first: string;

beforeAll(async () => {
  world = await CliWorld.open();
  world.runtime.script('package', packaging('boot sector'));
  first = (await world.built()).id;
});
beforeEach(() => {
  world.freshTerminal();
});
afterAll(() => world.close());

describe('ldf diff', () => {
  it('tells what a definition would change of what was built', async () => {
    await writeFile(
      world.file('next.yaml'),
      'name: edge\nversion: "1.3"\narch: x86_64\nuserland: { packages: [jq] }\n',
    );
    expect(await world.ldf('diff', first, 'next.yaml')).toBe(0);
    const out = world.terminal.out();
    expect(out).toContain(`− build ${first} (edge 1.2)\n+ next.yaml\n`);
    expect(out).toContain('~ version "1.2" → "1.3"');
    expect(out).toContain('+ userland.packages "jq"');
    expect(out).toContain('Kernel and packages: not known, as one of the two has no lock');
  });

  it('of two builds tells packages and kernel options too, also as JSON', async () => {
    expect(await world.ldf('diff', first, first, '--json')).toBe(0);
    expect(resultOf(world.terminal.out())).toMatchObject({ definition: [], packages: [], kernelOptions: [] });
  });

  it('needs no server for two files', async () => {
    world.freshTerminal({ LDF_SERVER: 'http://127.0.0.1:9' });
    expect(await world.ldf('diff', 'distro.yaml', './distro.yaml')).toBe(0);
    expect(world.terminal.out()).toContain('Definition: no difference');
  });

  it.each([
    ['1.0', '1.0', 0],
    ['1.9', '1.10', -1],
    ['1.0~rc1', '1.0', -1],
    ['1:0.1', '9', 1],
    ['2.2.1-1', '2.2.1-1+deb13u1', -1],
    ['1.0a', '1.0+', -1],
    ['007', '7', 0],
  ])('orders %s and %s as dpkg does', (a, b, expected) => {
    expect(Math.sign(comparePackageVersions(a, b))).toBe(expected);
    expect(Math.sign(comparePackageVersions(b, a))).toBe(expected === 0 ? 0 : -expected);
  });
});

describe('ldf kconfig', () => {
  const configured =
    (config: string): StageScript =>
    async (stage) =>
      stage.succeed<'prepare'>(
        {
          ...{ release: '6.12.57', sourceSha256: '0'.repeat(64), builtIn: 1, modules: 0 },
          notHeld: [{ symbol: 'CONFIG_Z', reason: 'platform/linux asks for CONFIG_Z=y: it is gone' }],
        },
        { config },
      );
  const write = (name: string, option: string) =>
    writeFile(
      world.file(name),
      `name: edge\nversion: "1.2"\narch: x86_64\nkernel: { config: { options: { ${option} } } }\n`,
    );

  it('gives the finished configuration, on stdout or in a file', async () => {
    await write('a.yaml', 'CONFIG_A: y');
    world.runtime.script('prepare', configured('# Linux\nCONFIG_A=y\nCONFIG_B="x"\n# CONFIG_C is not set\n'));
    expect(await world.ldf('kconfig', 'a.yaml')).toBe(0);
    expect(world.terminal.out()).toBe('# Linux\nCONFIG_A=y\nCONFIG_B="x"\n# CONFIG_C is not set\n');
    expect(world.terminal.err()).toContain('left out: platform/linux asks for CONFIG_Z=y');
    world.freshTerminal();
    expect(await world.ldf('kconfig', 'a.yaml', '--output', 'my.config')).toBe(0);
    expect(world.terminal.out()).toBe('');
    expect(await readFile(world.file('my.config'), 'utf8')).toContain('CONFIG_A=y\n');
    expect(await world.ldf('kconfig', 'a.yaml', '--output', 'no/such/folder/x')).toBe(2);
    world.freshTerminal();
    expect(await world.ldf('kconfig', 'a.yaml', '--json')).toBe(0);
    expect(resultOf(world.terminal.out())).toMatchObject({ release: '6.12.57', cached: true });
  });

  it('tells what differs between two, in which what is absent is off', async () => {
    await write('b.yaml', 'CONFIG_A: m');
    world.runtime.script('prepare', configured('CONFIG_A=m\nCONFIG_C=y\n# CONFIG_D is not set\n'));
    expect(await world.ldf('kconfig', 'a.yaml', 'b.yaml')).toBe(0);
    expect(world.terminal.out()).toBe(
      [
        '− a.yaml, Linux 6.12.57',
        '+ b.yaml, Linux 6.12.57',
        '',
        'Kernel configuration: 3 differences',
        '  ~ CONFIG_A y → m',
        '  − CONFIG_B "x"',
        '  + CONFIG_C y',
        '',
      ].join('\n'),
    );
    world.freshTerminal();
    expect(await world.ldf('kconfig', first, first, '--json')).toBe(0);
    expect(resultOf(world.terminal.out())).toMatchObject({ differences: [] });
    world.freshTerminal();
    await write('c.yaml', 'CONFIG_TMPFS: n');
    expect(await world.ldf('kconfig', 'c.yaml')).toBe(2);
    expect(world.terminal.err()).toContain('c.yaml');
    expect(world.terminal.err()).toContain('line 4: init/systemd needs CONFIG_TMPFS=y');
  });
});

it('ldf components lists all, those of a kind, or one', async () => {
  expect(await world.ldf('components')).toBe(0);
  expect(world.terminal.out()).toMatch(/^KIND +NAME +TITLE +ORIGIN$/m);
  world.freshTerminal();
  expect(await world.ldf('components', 'filesystem')).toBe(0);
  expect(world.terminal.out()).not.toMatch(/^kernel /m);
  const [, name] = /^filesystem +(\S+)/m.exec(world.terminal.out()) ?? [];
  world.freshTerminal();
  expect(await world.ldf('components', `filesystem/${name}`)).toBe(0);
  expect(world.terminal.out()).toContain('kind: filesystem');
  world.freshTerminal();
  expect(await world.ldf('components', 'filesystme')).toBe(2);
  expect(world.terminal.err()).toContain('Did you mean filesystem?');
});

it('ldf delete removes a build by its id, and never by a name', async () => {
  const { id } = await world.api.queued('gone');
  await world.api.engine.cancel(id);
  await expect.poll(async () => (await world.api.engine.get(id))?.state).toMatch(/cancelled|succeeded/);
  expect(await world.ldf('delete', 'gone')).toBe(2);
  expect(await world.ldf('delete', id)).toBe(0);
  expect(world.terminal.out()).toBe(`Deleted build ${id}.\n`);
  expect(await world.api.engine.get(id)).toBeUndefined();
});

describe('ldf completion', () => {
  it('knows commands, options and their values in bash', async () => {
    expect(await world.ldf('completion', 'bash')).toBe(0);
    const script = world.terminal.out();
    const complete = async (...words: string[]) => {
      const quoted = words.map((word) => `'${word}'`).join(' ');
      const program = `${script}\nCOMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _ldf; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return (await exec('bash', ['-c', program])).stdout.trim().split('\n');
    };
    expect(await complete('ldf', 'vali')).toEqual(['validate']);
    expect(await complete('ldf', 'build', '--arch', '')).toEqual(['x86_64', 'aarch64']);
    expect(await complete('ldf', 'images', 'bui')).toEqual(['build']);
    expect(await complete('ldf', 'images', 'build', '--js')).toEqual(['--json']);
    expect(await complete('ldf', 'completion', 'f')).toEqual(['fish']);
  });

  it.each(['zsh', 'fish'])('has a script for %s', async (shell) => {
    expect(await world.ldf('completion', shell)).toBe(0);
    for (const word of ['distributions', 'dry-run', 'aarch64']) expect(world.terminal.out()).toContain(word);
  });
});

describe('ldf boot', () => {
  it('prints the command of the QEMU that is there', async () => {
    const bin = world.file('bin');
    await mkdir(bin);
    await writeFile(`${bin}/qemu-system-x86_64`, '');
    await chmod(`${bin}/qemu-system-x86_64`, 0o755);
    const wish = { image: '/a,b.qcow2', arch: 'x86_64', memoryMiB: 512, network: false } as const;
    const command = await qemuCommand(wish, { PATH: bin }).catch((error: unknown) => error);
    // Where there is no firmware on this machine, it says so.
    if (command instanceof Error) return expect(command.message).toContain('no UEFI firmware');
    expect(command).toEqual(expect.arrayContaining([`${bin}/qemu-system-x86_64`, '-snapshot', '512M', 'none']));
    expect(command).toContain('if=virtio,file=/a,,b.qcow2');
    expect(await qemuCommand(wish, { PATH: '/nowhere' })).toBeUndefined();
    const script = { ...wish, image: '/srv/a.ipxe', network: true };
    expect(await qemuCommand(script, { PATH: bin })).toContain('user,model=virtio-net-pci,tftp=/srv,bootfile=a.ipxe');
    await expect(qemuCommand({ ...script, arch: 'aarch64' }, { PATH: bin })).rejects.toThrow(/over the network/);
  });

  it('refuses what no machine can start from', async () => {
    await writeFile(world.file('a.raw.zst'), '');
    expect(await world.ldf('boot', './a.raw.zst')).toBe(2);
    expect(world.terminal.err()).toContain('zstd -d');
    expect(await world.ldf('boot', './nosuch.raw')).toBe(2);
    expect(await world.ldf('boot', first, '--format', 'nosuch')).toBe(2);
    expect(world.terminal.err()).toContain('has no image in the format nosuch to boot');
  });
});

describe('what is said of images', () => {
  it('names those that failed their boot, and those that were not booted', () => {
    const failed: Verdict = { bootable: false, seconds: 1, console: null };
    const image = (name: string, verdict: Verdict | null) => artifact({ name, bootable: true, verdict });
    expect(bootWarnings([image('a.raw', failed), image('b.raw', null)])).toEqual([
      'Warning: a.raw failed its boot test. Do not use it where it has to start.',
      'Warning: not boot-tested: b.raw.',
    ]);
    const elsewhere = { ...failed, bootable: null, note: 'not booted here: compared with a layout' };
    expect(bootWarnings([image('a.raw', elsewhere)])).toEqual([
      'Warning: a.raw: not booted here: compared with a layout.',
    ]);
    expect(verdictWords(elsewhere, (_, text) => text)).toBe('not booted here: compared with a layout');
    expect(bootWarnings([image('a.raw', { ...failed, bootable: true })])).toEqual([]);
  });

  it('is said on stderr when they are downloaded', async () => {
    world.runtime.script('boot', async (stage) => stage.fail({ code: 'boot.silent', message: 'Silent.\nfor long' }));
    await world.ldf('build', '-f', 'distro.yaml', '--no-cache', '--wait');
    world.freshTerminal();
    expect(await world.ldf('download', 'edge', '--output', 'bad')).toBe(0);
    expect(world.terminal.err()).toMatch(/Warning: (edge\.raw failed its boot test|not boot-tested: edge\.raw)/);
    world.freshTerminal();
    await world.ldf('show', 'edge');
    expect(world.terminal.out()).toMatch(/Silent\. …$/m);
    world.runtime.script('boot');
  });

  it('has one line in a cell', () => {
    expect(firstLine('a\nb')).toBe('a …');
    expect(firstLine('a'.repeat(200))).toHaveLength(100);
  });
});

it('help names the server option once, and settings only where they are asked for', async () => {
  await world.ldf('--help');
  expect(world.terminal.out().match(/--server <url>/g)).toHaveLength(1);
  world.freshTerminal();
  await world.ldf('serve', '--help');
  expect(world.terminal.out().split('\n').length).toBeLessThan(20);
  world.freshTerminal();
  expect(await world.ldf('version')).toBe(0);
  expect(world.terminal.out()).toMatch(/^\d+\.\d+\.\d+\n$/);
});
