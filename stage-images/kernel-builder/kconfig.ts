/** Questions to the kernel's Kconfig files, answered by kconfig.py: which options there are, their types, and why one did not hold. */
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { KconfigEntry } from '../../src/stages/prepare/kconfig-query.ts';
import { readTool } from '../contract/tool.ts';
import { type SymbolType, symbolTypes } from './config-file.ts';
import type { KernelTree } from './kernel-tree.ts';

/** Beside this file, and beside the bundled program in the image. */
const program = fileURLToPath(new URL('./kconfig.py', import.meta.url));

const Types = z.record(z.string(), z.enum([...symbolTypes, 'unknown']).nullable());

const Explanation = z.discriminatedUnion('known', [
  /** No such symbol in this source for this architecture. */
  z.strictObject({ symbol: z.string(), known: z.literal(false), near: z.array(z.string()) }),
  z.strictObject({
    symbol: z.string(),
    known: z.literal(true),
    /** Conditions that do not hold, and the symbols in them with their values; null: a symbol that does not exist. */
    unmet: z.array(z.strictObject({ expression: z.string(), values: z.record(z.string(), z.string().nullable()) })),
    /** What to switch on, in order, so that all conditions hold; null when that is not enough. */
    enable: z.array(z.string()).nullable(),
    /** Whether it can be set at all; if not, other options select it. */
    settable: z.boolean(),
    /** Options that are on and force it on, and some of all that could. */
    selectedBy: z.array(z.string()),
    selectors: z.array(z.string()),
    /** Which member of its choice is on. */
    choice: z.string().nullable(),
    range: z.tuple([z.string(), z.string()]).nullable(),
  }),
]);
export type Explanation = z.infer<typeof Explanation>;

/** The type of each symbol; a symbol this source does not define for this architecture is not in the map. */
export async function readTypes(tree: KernelTree, symbols: readonly string[]): Promise<Map<string, SymbolType>> {
  if (symbols.length === 0) return new Map();
  const types = Types.parse(await ask(tree, ['types'], symbols));
  const known = new Map<string, SymbolType>();
  for (const [symbol, type] of Object.entries(types)) if (type !== null && type !== 'unknown') known.set(symbol, type);
  return known;
}

/** Every symbol that the source defines for the tree's architecture. */
export async function readSymbols(tree: KernelTree): Promise<KconfigEntry[]> {
  return KconfigEntry.array().parse(await ask(tree, ['symbols'], null, tree.kconfigEnvironment({ anyCompiler: true })));
}

/** Why each symbol has not the value wanted, judged by the .config in the tree's build folder. */
export async function explain(
  tree: KernelTree,
  wishes: readonly { symbol: string; value: string }[],
): Promise<Map<string, Explanation>> {
  if (wishes.length === 0) return new Map();
  const answer = await ask(
    tree,
    ['explain', tree.built('.config')],
    wishes.map(({ symbol, value }) => ({ symbol, value })),
  );
  return new Map(
    Explanation.array()
      .parse(answer)
      .map((explanation) => [explanation.symbol, explanation]),
  );
}

async function ask(
  tree: KernelTree,
  args: readonly string[],
  question: unknown,
  env = tree.kconfigEnvironment(),
): Promise<unknown> {
  const answer = await readTool('python3', ['-B', program, ...args], {
    cwd: tree.options.scratch,
    env,
    stdin: JSON.stringify(question),
  });
  return JSON.parse(answer);
}
