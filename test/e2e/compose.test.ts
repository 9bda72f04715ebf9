/** The API in a container: it builds on the base that stage images are built on, and answers as a plain user. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readExamples } from '../../src/examples.ts';
import { ExampleList } from '../../src/model/example.ts';
import { repository, stageImageId, token } from './lab.ts';

const port = '18082';
const headers = { authorization: `Bearer ${token}` };
const project = 'ldf-compose-test';
const tool = ['docker-compose', '--project-name', project] as const;
let environment: Record<string, string> = {};

const compose = (...args: string[]) =>
  execa(tool[0], [...tool.slice(1), ...args], { cwd: repository, env: environment, stdin: 'ignore', all: true });

/** The certificates a network adds to Debian's own (update-ca-certificates(8)); most machines have none. */
async function extraCertificates(): Promise<string> {
  const folder = '/usr/local/share/ca-certificates';
  const names = await readdir(folder).catch(() => []);
  const texts = names.filter((name) => name.endsWith('.crt')).map((name) => readFile(join(folder, name), 'utf8'));
  return (await Promise.all(texts)).join('\n');
}

beforeAll(async () => {
  // A stage image: the bootstrapped base and a few packages, there also when the base itself is not.
  const base = await stageImageId('rootfs-assembler');
  const { stdout: group } = await execa('stat', ['--format', '%g', '/var/run/docker.sock']);
  environment = {
    LDF_API_BASE: base,
    LDF_DOCKER_GID: group,
    LDF_PORT: port,
    LDF_TOKEN: token,
    LDF_EXTRA_CA: await extraCertificates(),
    DOCKER_BUILDKIT: '0',
  };
  await compose('up', '--detach', '--build');
});

afterAll(async () => {
  await compose('down', '--volumes', '--rmi', 'local', '--timeout', '10');
});

describe('docker compose up', () => {
  it('becomes healthy', async () => {
    const { stdout: id } = await compose('ps', '--quiet', 'api');
    const deadline = Date.now() + 60_000;
    let health = '';
    while (health !== 'healthy' && Date.now() < deadline) {
      health = (await execa('docker', ['inspect', '--format', '{{.State.Health.Status}}', id])).stdout;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect(health).toBe('healthy');
  });

  it('reaches Docker as a user who is not root', async () => {
    const system = await (await fetch(`http://127.0.0.1:${port}/v1/system`, { headers })).json();
    expect(system).toMatchObject({ docker: { reachable: true } });
    expect((await compose('exec', '-T', 'api', 'id', '-u')).stdout).toBe('990');
  });

  it('is for who has the token, under the names that are its own', async () => {
    expect((await fetch(`http://127.0.0.1:${port}/v1/system`)).status).toBe(401);
    // fetch does not give up a Host header of one's own.
    const { stdout } = await execa('curl', [
      ...['--silent', '--output', '/dev/null', '--write-out', '%{http_code}'],
      ...['--header', 'Host: evil.example', '--header', `Authorization: ${headers.authorization}`],
      `http://127.0.0.1:${port}/v1/system`,
    ]);
    expect(stdout).toBe('403');
    const link = (await compose('exec', '-T', 'api', 'ldf', 'open', '--url', `http://127.0.0.1:${port}`)).stdout;
    expect(link).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${port}/#code=`));
  });

  it('brings the examples along, for the browser and the command line alike', async () => {
    const listed = (await compose('exec', '-T', 'api', 'ldf', 'init')).stdout;
    for (const { name } of await readExamples('examples')) expect(listed).toMatch(new RegExp(`^${name} `, 'm'));
    const answer = await fetch(`http://127.0.0.1:${port}/v1/examples`, { headers });
    const { items } = ExampleList.parse(await answer.json());
    expect(items).toEqual(await readExamples('examples'));
  });

  it('checks definitions', async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/distributions/validate`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ definition: { name: 'composed', arch: 'x86_64' } }),
    });
    expect(answer.status).toBe(200);
  });
});
