/** Every command that README shows is run, in README's order, by a user who has just cloned. */
import { cp, readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { instantTests } from './instant.ts';
import { environment, repository, scratchFolder, serve } from './lab.ts';

const scratch = await scratchFolder();
const readme = await readFile('README.md', 'utf8');
const port = 18_081;
const program = `node ${repository}/dist/ldf.js`;

/** The command lines of README's shell blocks, without their comments. */
const commands = [...readme.matchAll(/```sh\n(.*?)```/gs)]
  .flatMap((block) => (block[1] ?? '').split('\n'))
  .map((line) => line.replace(/\s+#.*$/, '').trim())
  .filter((line) => line !== '');

/** Runs a line as a shell would, on the test's data folder and port. README is ours: it is no data from outside. */
function run(line: string, variables: Record<string, string> = {}) {
  const command = line.replaceAll(/(^|\$\()ldf /g, `$1${program} `).replaceAll('127.0.0.1:8080', `127.0.0.1:${port}`);
  return execa('bash', ['-euo', 'pipefail', '-c', command], {
    cwd: scratch.path,
    env: { ...environment, ...variables },
    stdin: 'ignore',
    maxBuffer: 64 << 20,
  });
}

beforeAll(() => cp('examples', `${scratch.path}/examples`, { recursive: true }));
afterAll(scratch.remove);

describe('the command line of README', () => {
  const shown = commands.filter((line) => line.startsWith('ldf ') && !/^ldf (serve|open)/.test(line));

  it('is there', () => expect(shown.length).toBeGreaterThan(5));

  it.each(shown)('%s', async (line) => {
    await run(line);
  });
});

describe('a server, and the API in five lines', () => {
  const shown = commands.filter((line) => /^(curl |AUTH=|ldf open)/.test(line));
  let server: Awaited<ReturnType<typeof serve>>;
  const variables: Record<string, string> = {};

  beforeAll(async () => {
    server = await serve(port);
    // The first line creates the distribution: README's reader has none yet.
    for (const name of ['instant']) await run(`ldf distributions delete ${name}`).catch((error: unknown) => error);
  });
  afterAll(() => server.end('SIGTERM'));

  it.each(shown)('%s', async (line) => {
    if (line.startsWith('AUTH=')) {
      variables.AUTH = (await run(`${line}; echo "$AUTH"`)).stdout;
      return;
    }
    const { stdout } = await run(line, variables);
    if (line.startsWith('ldf open')) expect(stdout).toContain(`http://127.0.0.1:${port}/`);
    const id = z.object({ id: z.string() });
    if (line.includes('application/yaml')) variables.ID = id.parse(JSON.parse(stdout)).id;
    else if (line.endsWith('/build')) variables.BUILD = id.parse(JSON.parse(stdout)).id;
    else if (line.endsWith('/events')) expect(stdout).toMatch(/event: end\n.*"succeeded"/s);
    else if (line.endsWith('/artifacts')) expect(stdout).toContain('.raw');
  });
});

describe('examples/instant.yaml', instantTests);
