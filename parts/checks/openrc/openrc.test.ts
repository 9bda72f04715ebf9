import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
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

test('the image finds it in its SMBIOS tables', async () => {
  const Component = z.object({
    contributes: z.object({ files: z.array(z.object({ path: z.string(), content: z.string() })) }),
  });
  const { contributes } = Component.parse(parse(await readFile('components/init/openrc.yaml', 'utf8')));
  const service = contributes.files.find(({ path }) => path === '/etc/init.d/boot-check')?.content ?? '';
  const [, reader = ''] = /^ +(tail [\s\S]*?base64 --decode) >/m.exec(service) ?? [];
  const [text = ''] = openrcCheckStrings([]);
  // Type 11, five bytes long, a handle, and how many strings there are (SMBIOS 3.7, 6.1.2 and 7.12).
  const record = Buffer.concat([Buffer.from([11, 5, 0x0e, 0x00, 2]), Buffer.from(`another\0${text}\0\0`)]);
  const found = await execa('sh', ['-c', reader.replace(/ \S*\/11-0\/raw/, ' -')], { input: record });
  expect(found.stdout.trim()).toBe(Buffer.from(text.replace('ldf.check=', ''), 'base64').toString().trim());
  expect(found.stdout).toContain('ldf-check start');
});
