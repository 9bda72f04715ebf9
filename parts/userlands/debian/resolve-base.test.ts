import { describe, expect, test } from 'vitest';
import { resolveBase } from './resolve-base.ts';

/** A suite that installs packages as a table says for each wish, written as apt is asked. */
function suiteOf(answers: Record<string, string[]>) {
  const asked: string[] = [];
  const suite = {
    async simulateInstall(wanted: readonly string[]) {
      asked.push(wanted.join(' '));
      const found = answers[wanted.join(' ')];
      const lines = (found ?? []).map((one) => `Inst ${one.replace('=', ' (')} Debian:13/stable [amd64])`);
      return found ? { ok: true, lines } : { ok: false, lines: ['E: no'] };
    },
  };
  return { suite, asked };
}
const image = (...texts: string[]) =>
  texts.map((text) => {
    const [name = '', version = ''] = text.split('=');
    return { name, version };
  });

describe('the base', () => {
  test('is what comes of the wishes of components alone, in the order of unpacking', async () => {
    const { suite, asked } = suiteOf({ 'systemd udev': ['libc6=2', 'systemd=257', 'udev=257'] });
    const packages = image('libc6=2', 'libhtop=1', 'udev=257', 'htop=3', 'systemd=257');
    expect(await resolveBase(suite, ['systemd', 'udev'], packages)).toEqual(['libc6', 'systemd', 'udev']);
    expect(asked).toHaveLength(1);
  });

  test('is chosen again where the packages of the definition have brought another version or another choice', async () => {
    const { suite } = suiteOf({
      systemd: ['libc6=2', 'mawk=1', 'systemd=257'],
      'systemd libc6=3 mawk-': ['libc6=3', 'gawk=5', 'systemd=257'],
    });
    const packages = image('libc6=3', 'gawk=5', 'systemd=257', 'htop=3');
    expect(await resolveBase(suite, ['systemd'], packages)).toEqual(['libc6', 'gawk', 'systemd']);
  });

  test.each([
    ['needs what the image does not have', { systemd: ['mawk=1', 'systemd=257'] }],
    ['cannot be installed by itself', {}],
    ['has packages that generate locales', { systemd: ['locales=2', 'systemd=257'] }],
  ])('is empty where it %s', async (_what, answers) => {
    const { suite } = suiteOf(answers as Record<string, string[]>);
    expect(await resolveBase(suite, ['systemd'], image('locales=2', 'systemd=257'))).toEqual([]);
  });
});
