/** `ldf init`: a definition to begin with. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { run } from '../../../src/cli/run.ts';
import { parseDefinition, readYaml } from '../../../src/definition/parse.ts';
import { type TestTerminal, testTerminal } from './terminal.ts';

let folder: string;
let terminal: TestTerminal;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-init-'));
  terminal = testTerminal({ cwd: folder });
});
afterEach(() => rm(folder, { recursive: true }));

const ldf = (...words: string[]) => run(['init', ...words], terminal);
const read = (path: string) => readFile(join(folder, path), 'utf8');

it('lists the examples with what each is for, and writes nothing', async () => {
  expect(await ldf()).toBe(0);
  const examples = (await readdir('examples')).filter((file) => file.endsWith('.yaml'));
  for (const file of examples) {
    const [, comment = ''] = /^# ([A-Z].*)$/m.exec(await readFile(`examples/${file}`, 'utf8')) ?? [];
    expect(terminal.out()).toMatch(new RegExp(`^${file.slice(0, -5)} .*${comment.slice(0, 30)}`, 'm'));
  }
  expect(terminal.out().split('\n')[1]).toMatch(/^minimal /);
  expect(await readdir(folder)).toEqual([]);
});

it('writes an example under its own name, without the line that is right in its own folder alone', async () => {
  expect(await ldf('web-server')).toBe(0);
  const text = await read('web-server.yaml');
  expect(parseDefinition(readYaml(text)).name).toBe('web-server');
  expect(text).not.toContain('$schema');
  expect(text.split('\n')[0]).toMatch(/^# A web server/);
  expect(terminal.out()).toContain('ldf build -f web-server.yaml --output out');
  expect(terminal.out()).toContain('put your own public key there');
});

it('writes it under another name, into a folder that it makes', async () => {
  expect(await ldf('shop', '--example', 'web-server', '--dir', 'a b/c')).toBe(0);
  const definition = parseDefinition(readYaml(await read('a b/c/shop.yaml')));
  expect(definition).toMatchObject({
    name: 'shop',
    system: { services: { enable: expect.arrayContaining(['nginx']) } },
  });
  expect(terminal.out()).toContain("ldf validate -f 'a b/c/shop.yaml'");
});

it('takes the name of the example when only that is given', async () => {
  expect(await ldf('--example', 'minimal')).toBe(0);
  expect(await readdir(folder)).toEqual(['minimal.yaml']);
  expect(terminal.out()).not.toContain('public key');
});

it('replaces no file unless it is told to', async () => {
  await writeFile(join(folder, 'minimal.yaml'), 'mine');
  expect(await ldf('minimal')).toBe(2);
  expect(terminal.err()).toMatch(/minimal\.yaml already exists\.\nhint: .*--force/);
  expect(await read('minimal.yaml')).toBe('mine');
  expect(await ldf('minimal', '--force')).toBe(0);
  expect(await read('minimal.yaml')).toContain('name: minimal');
});

it.each([
  [['web-servr'], /no example "web-servr": there are minimal, .*\nhint: Did you mean web-server\?.*--example EXAMPLE/],
  [['shop', '--example', 'nothing-like-it'], /no example "nothing-like-it"/],
  [['My Shop', '--example', 'minimal'], /The name "My Shop" must be 1 to 63 lowercase letters/],
  [['../up', '--example', 'minimal'], /The name "\.\.\/up" must be/],
])('refuses %j with a way out, and writes nothing', async (words, message) => {
  expect(await ldf(...words)).toBe(2);
  expect(terminal.err()).toMatch(message);
  expect(terminal.err()).toContain('hint: ');
  expect(await readdir(folder)).toEqual([]);
});

it('says what is wrong with a folder', async () => {
  await writeFile(join(folder, 'taken'), '');
  expect(await ldf('minimal', '--dir', 'taken')).toBe(2);
  expect(terminal.err()).toContain('The folder taken cannot be made: file already exists.');
});
