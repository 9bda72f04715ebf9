import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashFolder } from '../../../src/images/sources.ts';
import { ImagesInstallation } from './installation.ts';

let installation: ImagesInstallation;

beforeEach(async () => {
  installation = await ImagesInstallation.open();
});
afterEach(() => installation.close());

describe('sources', () => {
  it('are hashed by path, content and the right to execute', async () => {
    const base = join(installation.directory, 'base');
    const hash = await hashFolder(base);
    expect(await hashFolder(base)).toBe(hash);
    await execa('chmod', ['+x', join(base, 'Dockerfile')]);
    const executable = await hashFolder(base);
    await mkdir(join(base, 'a'));
    await writeFile(join(base, 'a', 'b'), '');
    expect(new Set([hash, executable, await hashFolder(base)]).size).toBe(3);
  });

  it('that are not there say what to do', async () => {
    await rm(join(installation.directory, 'boot-tester'), { recursive: true });
    await expect(installation.service().verify()).rejects.toMatchObject({
      code: 'internal',
      hint: 'Run `npm run build`.',
    });
  });

  it('stand in stage-images/sources.json', { timeout: 60_000 }, async () => {
    const check = await execa('node', ['--import', 'tsx', 'scripts/images-hash.ts', '--check'], { reject: false });
    expect(check.stderr).not.toContain('out of date');
    expect(check.exitCode).toBe(0);
  });
});
