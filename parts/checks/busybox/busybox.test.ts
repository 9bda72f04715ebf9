import { execa } from 'execa';
import { expect, test } from 'vitest';
import { filesOf, toldBy } from '../../../test/fixtures/smbios-told.ts';
import { busybox } from './busybox.ts';

const check = busybox.make({});
const question = { what: 'x', command: ['cat', '/proc/a b'], matches: () => true, hint: undefined };

function scriptOf(text = ''): string {
  return Buffer.from(text.replace(/^ldf\.check=/, ''), 'base64').toString();
}

test('its script is one string, which a plain sh can read, with the questions', async () => {
  const [text, ...others] = check.strings([question], 'ttyS1');
  expect(others).toEqual([]);
  const script = scriptOf(text);
  expect(script).toContain("cat '/proc/a b'");
  expect((await execa('sh', ['-n'], { input: script })).stderr).toBe('');
});

test('services that did not start, or ended since, are problems', () => {
  const heard = check.report({ screen: false, words: ['quiet'], questions: [] });
  for (const line of ['start', 'cmdline quiet', 'active services', 'failed web did-not-start', 'failed dropbear ended'])
    heard.heard(`ldf-check ${line}`);
  expect(heard.ended).toBe(false);
  heard.heard('ldf-check end');
  expect(heard.ended).toBe(true);
  expect(heard.isActive('services')).toBe(true);
  expect(heard.problems).toMatchObject([
    { code: 'boot.unit-failed', message: 'web failed (did-not-start)' },
    { code: 'boot.unit-failed', message: 'dropbear failed (ended)' },
  ]);
});

test('the image finds it in its SMBIOS tables, and who is to be logged in; its scripts are ones that sh can read', async () => {
  const files = await filesOf('busybox');
  const scripts = [...files].filter(([, content]) => content.startsWith('#!/bin/sh\n'));
  expect(scripts.length).toBeGreaterThan(4);
  for (const [path, content] of scripts)
    expect([path, (await execa('sh', ['-n'], { input: content })).stderr]).toEqual([path, '']);
  const told = files.get('/usr/lib/ldf/told') ?? '';
  const strings = ['another', ...check.strings([], 'ttyS1'), ...check.rootLogIn];
  expect(scriptOf(await toldBy(told, 'check', strings))).toBe(scriptOf(check.strings([], 'ttyS1')[0]));
  expect(await toldBy(told, 'log-in', strings)).toBe('root');
  expect(await toldBy(told, 'log-in', ['another'])).toBe('');
  expect(files.get('/etc/init.d/boot-check')).toContain('/usr/lib/ldf/told check | base64 -d >');
});
