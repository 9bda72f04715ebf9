import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { busybox } from './busybox.ts';

const check = busybox.make({});
const question = { what: 'x', command: ['cat', '/proc/a b'], matches: () => true, hint: undefined };

function scriptOf(text = ''): string {
  return Buffer.from(text.replace(/^ldf\.check=/, ''), 'base64').toString();
}

test('its script is one string, which a plain sh can read, with the questions', async () => {
  const [text, ...others] = check.strings([question]);
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

test('the image finds it in its SMBIOS tables, and its scripts are ones that sh can read', async () => {
  const Component = z.object({
    contributes: z.object({ files: z.array(z.object({ path: z.string(), content: z.string() })) }),
  });
  const { contributes } = Component.parse(parse(await readFile('components/init/busybox.yaml', 'utf8')));
  const scripts = contributes.files.filter(({ content }) => content.startsWith('#!/bin/sh\n'));
  expect(scripts.length).toBeGreaterThan(4);
  for (const { path, content } of scripts)
    expect([path, (await execa('sh', ['-n'], { input: content })).stderr]).toEqual([path, '']);
  const service = scripts.find(({ path }) => path === '/etc/init.d/boot-check')?.content ?? '';
  const [, reader = ''] = /^(tail [\s\S]*?base64 -d) >/m.exec(service) ?? [];
  const [text = ''] = check.strings([]);
  // Type 11, five bytes long, a handle, and how many strings there are (SMBIOS 3.7, 6.1.2 and 7.12).
  const record = Buffer.concat([Buffer.from([11, 5, 0x0e, 0x00, 2]), Buffer.from(`another\0${text}\0\0`)]);
  const found = await execa('sh', ['-c', reader.replace(/ \S*\/11-0\/raw/, ' -')], { input: record });
  expect(found.stdout.trim()).toBe(scriptOf(text).trim());
});
