/** `npm run docs`: writes the documents that derive from schemas, and the picture of the imports; a unit test says when they are out of date. */
import { writeFile } from 'node:fs/promises';
import { generatedDocs } from './generated-docs.ts';

for (const [path, text] of Object.entries(generatedDocs())) await writeFile(path, text);
