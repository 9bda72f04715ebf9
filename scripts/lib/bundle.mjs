/** What is built: `dist/ldf.js` and `dist/worker.js`, `dist/webui/`, and for each stage image the folder that Docker builds it from. */
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { root } from './command.mjs';

/** In stage-images/: what the programs share is bundled into each, and is no image. */
const shared = 'contract';

/**
 * The program `ldf`, and beside it what it loads only when it brings up a server. Packages stay in node_modules, data
 * (components, migrations) where it is, all found from dist/ itself.
 */
export async function bundleProgram() {
  const { build } = await import('esbuild');
  const outdir = join(root, 'dist');
  mkdirSync(outdir, { recursive: true });
  for (const name of readdirSync(outdir)) if (/^part-.*\.js(\.map)?$/.test(name)) rmSync(join(outdir, name));
  await build({
    absWorkingDir: root,
    // A thread needs a file to begin with.
    entryPoints: { ldf: 'src/cli/main.ts', worker: 'src/workers/entry.ts' },
    outdir,
    chunkNames: 'part-[hash]',
    splitting: true,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    logLevel: 'warning',
  });
  chmodSync(join(outdir, 'ldf.js'), 0o755);
}

/** The web UI, with what can be compressed compressed once, so that the server need not. */
export async function bundleWebui() {
  const { build } = await import('vite');
  await build({ configFile: join(root, 'src', 'webui', 'vite.config.ts'), logLevel: 'warn' });
  const assets = join(root, 'dist', 'webui', 'assets');
  for (const name of readdirSync(assets)) {
    if (!/\.(js|css)$/.test(name)) continue;
    const content = readFileSync(join(assets, name));
    writeFileSync(join(assets, `${name}.br`), brotliCompressSync(content));
    writeFileSync(join(assets, `${name}.gz`), gzipSync(content));
  }
}

/**
 * One folder an image: `program.mjs` with everything inside, beside the Dockerfile and the other files it copies. The
 * same sources give the same bytes, so that Docker finds its cached layers again.
 * @param {string} directory  Replaced as a whole.
 * @param {string} [tree]  Where `src` and `stage-images` are; default: this repository.
 */
export async function bundleStageImages(directory, tree = root) {
  rmSync(directory, { recursive: true, force: true });
  const sources = join(tree, 'stage-images');
  const folders = readdirSync(sources, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && entry.name !== shared,
  );
  await Promise.all(folders.map(({ name }) => bundleImage(tree, join(sources, name), join(directory, name))));
}

/**
 * @param {string} tree
 * @param {string} source
 * @param {string} target
 */
async function bundleImage(tree, source, target) {
  mkdirSync(target, { recursive: true });
  const isData = (/** @type {string} */ path) => !path.endsWith('.ts');
  cpSync(source, target, { recursive: true, filter: isData });
  if (!readdirSync(source).includes('main.ts')) return;
  const { build } = await import('esbuild');
  const { metafile } = await build({
    absWorkingDir: tree,
    metafile: true,
    entryPoints: [join(source, 'main.ts')],
    outfile: join(target, 'program.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // Packages in CommonJS call require, which an ES module does not have by itself.
    banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  // An image whose program is another's has the data of that one, too.
  for (const input of Object.keys(metafile.inputs)) {
    const other = /^stage-images\/([^/]+)\/main\.ts$/.exec(input)?.[1];
    const folder = other && join(tree, 'stage-images', other);
    if (!folder || folder === source) continue;
    for (const name of readdirSync(folder))
      if (isData(name) && name !== 'Dockerfile') cpSync(join(folder, name), join(target, name), { recursive: true });
  }
  // What parts that the program has been bundled with have beside their code: parts/part-file.ts says where it looks for it.
  const parts = new Set(
    Object.keys(metafile.inputs).flatMap((input) => /^parts\/([^/]+\/[^/]+)\//.exec(input)?.[1] ?? []),
  );
  for (const part of parts) {
    const folder = join(tree, 'parts', part);
    for (const name of readdirSync(folder))
      if (isData(name)) cpSync(join(folder, name), join(target, part, name), { recursive: true, filter: isData });
  }
}
