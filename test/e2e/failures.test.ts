/** What a user gets wrong: a clear answer with the place, the value and the way out; and nothing is left half made. */
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { buildDefinition, ldf, scratchFolder, smallSystem } from './lab.ts';

const scratch = await scratchFolder();
afterAll(scratch.remove);

const build = async (name: string, text: string, expected: number) => {
  const definition = await scratch.write(`${name}.yaml`, `name: ${name}\narch: x86_64\n${text}`);
  return ldf(['build', '-f', definition, '--wait'], expected);
};

describe('ldf build', () => {
  it('refuses what no stage could build, naming every problem (exit 2)', async () => {
    const { exitCode, stderr } = await build('impossible', 'init: sistemd\nkernel: { version: "2.4" }\n', 2);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('sistemd');
    expect(stderr).toContain('Did you mean systemd?');
    expect(stderr).toContain('2.4');
  });

  it('names a package that no archive has, and near ones (exit 1; 2 where the index of the suite is there already)', async () => {
    const { exitCode, stdout, stderr } = await build(
      'unknown-package',
      'userland: { packages: [curll, openssh-server] }\n',
      1,
    );
    expect([1, 2]).toContain(exitCode);
    expect(stdout + stderr).toContain('/userland/packages/0');
    expect(stdout + stderr).toContain('curll');
    expect(stdout + stderr).toContain('curl');
  });

  it('names a kernel version that the archive does not have (exit 1)', async () => {
    const { exitCode, stdout, stderr } = await build('unknown-version', 'kernel: { version: "6.12.1" }\n', 1);
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toContain('6.12.1');
    expect(stdout + stderr).toContain('/kernel/version');
  });

  it('names each kernel option that did not hold, and the unmet dependency (exit 1)', async () => {
    const options = '{ CONFIG_WIREGUARD: y, CONFIG_NO_SUCH_THING: y, CONFIG_INET: n }';
    const { exitCode, stdout, stderr } = await build('options', `kernel: { config: { options: ${options} } }\n`, 2);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('/kernel/config/options/CONFIG_INET');

    const held = await build(
      'options',
      'kernel: { config: { options: { CONFIG_E1000E: y, CONFIG_NO_SUCH_THING: y, CONFIG_USB_STORAGE: y } } }\n',
      1,
    );
    expect(held.exitCode).toBe(1);
    expect(held.stdout + held.stderr).toContain('CONFIG_NO_SUCH_THING');
    expect(held.stdout + held.stderr).toContain('CONFIG_USB_STORAGE');
    expect(held.stdout + held.stderr).not.toContain('/kernel/config/options/CONFIG_E1000E');
    expect(stdout).toBe('');
  });

  it('says how large a disk has to be, and that size is enough', async () => {
    const ofSize = (size: string) =>
      scratch.write('small.yaml', stringify({ ...smallSystem('small'), image: { size } }));
    const { stdout, stderr } = await ldf(['build', '-f', await ofSize('80M'), '--wait'], 1);
    const least = /\b(\d+[MG])\b/.exec((stdout + stderr).split('/image/size')[1]?.replace('80M', '') ?? '')?.[1];
    expect(least).toBeDefined();
    const built = await buildDefinition(await ofSize(least ?? ''), `${scratch.path}/small`, { args: ['--no-boot'] });
    expect(built).toMatchObject({ state: 'succeeded', verdict: null });
  });

  it('says where a file is not YAML', async () => {
    const { exitCode, stderr } = await build('tabs', '\tinit: systemd\n', 2);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/line 3/);
  });
});
