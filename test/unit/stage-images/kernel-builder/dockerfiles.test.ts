import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const stageImages = join(import.meta.dirname, '../../../../stage-images');

/** The first step of a stage image: its Dockerfile's first RUN, with the lines that continue it. */
async function firstStep(image: string): Promise<string> {
  const dockerfile = await readFile(join(stageImages, image, 'Dockerfile'), 'utf8');
  const step = /^RUN (?:.*\\\n)*.*$/m.exec(dockerfile);
  if (!step) throw new Error(`${image} has no RUN`);
  return step[0];
}

it('both kernel builders begin with the same step, so that Docker makes and keeps its layer once', async () => {
  expect(await firstStep('kernel-builder-llvm')).toBe(await firstStep('kernel-builder'));
});
