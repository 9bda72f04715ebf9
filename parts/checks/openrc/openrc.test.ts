import { execa } from 'execa';
import { expect, test } from 'vitest';
import { filesOf, toldBy } from '../../../test/fixtures/smbios-told.ts';
import { openrc, openrcCheckStrings } from './openrc.ts';

const check = openrc.make({});
const report = () => check.report({ screen: false, words: ['quiet'], questions: [] });

test('its script is one string that the image looks for', () => {
  const [text = '', ...others] = openrcCheckStrings([['cat', '/proc/a b']]);
  expect(others).toEqual([]);
  const script = Buffer.from(text.replace(/^ldf\.check=/, ''), 'base64').toString();
  expect(script).toContain('rc-status --nocolor --crashed');
  expect(script).toContain("cat '/proc/a b'");
});

test('services that did not start, or ended since, are problems; a runlevel that was reached is none', () => {
  const heard = report();
  for (const line of [
    'start',
    'cmdline root=x quiet',
    'active default',
    'failed ssh did-not-start',
    'failed cron crashed',
  ])
    heard.heard(`ldf-check ${line}`);
  expect(heard.ended).toBe(false);
  heard.heard('ldf-check end');
  expect(heard.ended).toBe(true);
  expect(heard.isActive('default')).toBe(true);
  expect(heard.problems).toMatchObject([
    { code: 'boot.unit-failed', message: 'ssh failed (did-not-start)', hint: expect.stringContaining('service') },
    { code: 'boot.unit-failed', message: 'cron failed (crashed)' },
  ]);
});

test('the image finds it in its SMBIOS tables, and who is to be logged in', async () => {
  const files = await filesOf('openrc');
  const told = files.get('/usr/lib/ldf/told') ?? '';
  const strings = ['another', ...openrcCheckStrings([]), ...check.rootLogIn];
  const [text = ''] = openrcCheckStrings([]);
  const script = Buffer.from(await toldBy(told, 'check', strings), 'base64').toString();
  expect(script).toBe(Buffer.from(text.replace('ldf.check=', ''), 'base64').toString());
  expect(script).toContain('ldf-check start');
  expect(await toldBy(told, 'log-in', strings)).toBe('root');
  expect(await toldBy(told, 'log-in', ['another'])).toBe('');
  expect(files.get('/etc/init.d/boot-check')).toContain('/usr/lib/ldf/told check | base64 --decode >');
  expect((await execa('sh', ['-n'], { input: files.get('/usr/lib/ldf/log-in') ?? '' })).stderr).toBe('');
});
