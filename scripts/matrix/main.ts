/**
 * `npm run matrix`: builds and boots a set of images in which every two values of the factors meet, one after another, and writes
 * docs/matrix.md after each. `--list` says what it would do. What was tried with the same stage images is not tried again.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import * as z from 'zod';
import { type Catalog, loadCatalog } from '../../src/catalog/catalog.ts';
import { parseDefinition } from '../../src/definition/parse.ts';
import { LdfError } from '../../src/errors.ts';
import { isMissingFile } from '../../src/missing-file.ts';
import { Build } from '../../src/model/build.ts';
import { planBuild } from '../../src/plan/plan.ts';
import { allCombinations, type Combination, definitionOf, nameOf } from './factors.ts';
import { coveringSet } from './pairwise.ts';
import { matrixPage, Outcome } from './table.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = join(root, '.ldf/matrix');
const known = join(folder, 'outcomes.json');
const page = join(root, 'docs/matrix.md');

/** `tried`: the hash of the definition and of what stage images are made of. */
const Known = z.record(z.string(), Outcome.extend({ tried: z.string() }));
type Known = z.infer<typeof Known>;

const Answer = z.union([
  z.looseObject({ ok: z.literal(true), result: Build }),
  z.looseObject({ ok: z.literal(false), error: z.looseObject({ code: z.string() }), result: Build.optional() }),
]);

function canBe(combination: Combination, catalog: Catalog): boolean {
  try {
    planBuild({ definition: parseDefinition(definitionOf(combination)), catalog, boot: true });
    return true;
  } catch (error) {
    if (error instanceof LdfError && error.code === 'definition.impossible') return false;
    throw error;
  }
}

async function readKnown(): Promise<Known> {
  const text = await readFile(known, 'utf8').catch((error: unknown) => {
    if (isMissingFile(error)) return '{}';
    throw error;
  });
  return Known.parse(JSON.parse(text));
}

/** Builds and boots it; the image itself does not stay. */
async function attempt(combination: Combination): Promise<Outcome> {
  const name = nameOf(combination);
  const file = join(folder, `${name}.json`);
  await writeFile(file, JSON.stringify(definitionOf(combination)));
  const output = join(folder, 'out', name);
  const { stdout } = await execa(
    'node',
    [join(root, 'dist/ldf.js'), 'build', '-f', file, '--wait', '--json', '--output', output],
    {
      env: { LDF_DATA_DIR: join(folder, 'data') },
      reject: false,
      stdin: 'ignore',
      stderr: 'inherit',
      maxBuffer: 64 << 20,
    },
  );
  await rm(output, { recursive: true, force: true });
  const answer = Answer.parse(JSON.parse(stdout));
  if (!answer.ok) return { result: answer.error.code, bootSeconds: null, sha256: null };
  const image = answer.result.artifacts.find(({ kind, verdict }) => kind === 'image' && verdict !== null);
  return {
    result: answer.result.verdict?.bootable ? 'bootable' : 'not bootable',
    bootSeconds: image?.verdict?.seconds ?? null,
    sha256: image?.sha256 ?? null,
  };
}

const catalog = await loadCatalog(join(root, 'components'));
const chosen = coveringSet(allCombinations().filter((combination) => canBe(combination, catalog)));
if (process.argv.includes('--list')) {
  for (const combination of chosen) console.log(combination.join(', '));
} else {
  await mkdir(folder, { recursive: true });
  const stageImages = await readFile(join(root, 'stage-images/sources.json'));
  const triedWith = (combination: Combination) =>
    createHash('sha256')
      .update(stageImages)
      .update(JSON.stringify(definitionOf(combination)))
      .digest('hex');
  const outcomes = await readKnown();
  const writePage = () => writeFile(page, matrixPage(chosen, new Map(Object.entries(outcomes))));
  for (const [index, combination] of chosen.entries()) {
    const [name, tried] = [nameOf(combination), triedWith(combination)];
    if (outcomes[name]?.tried === tried) continue;
    console.log(`${index + 1} of ${chosen.length}: ${combination.join(', ')}`);
    outcomes[name] = { tried, ...(await attempt(combination)) };
    console.log(`  ${outcomes[name]?.result}`);
    await writeFile(known, JSON.stringify(outcomes, null, 2));
    await writePage();
  }
  await writePage();
}
