import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { generatedDocs } from '../../../scripts/generated-docs.ts';

describe('generated documents', () => {
  for (const [path, text] of Object.entries(generatedDocs()))
    it(`${path} is up to date (npm run docs)`, async () => {
      expect(await readFile(path, 'utf8')).toBe(text);
    });
});
