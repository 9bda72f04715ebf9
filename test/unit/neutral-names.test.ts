/**
 * Neutral code names no component and no part: it knows what they have in common. Their names are read from where they are
 * listed, and looked for in every text and identifier of the neutral folders; comments may give examples.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { bootLoaders } from '../../parts/bootloaders/index.ts';
import { checks } from '../../parts/checks/index.ts';
import { fileSystems } from '../../parts/filesystems/index.ts';
import { formats } from '../../parts/formats/index.ts';
import { growths } from '../../parts/growth/index.ts';
import { initramfses } from '../../parts/initramfs/index.ts';
import { initSystems } from '../../parts/inits/index.ts';
import { labelsParts } from '../../parts/labels/index.ts';
import { layouts } from '../../parts/layouts/index.ts';
import { machines } from '../../parts/machines/index.ts';
import { kernelSources } from '../../parts/sources/index.ts';
import { sourceResolvers } from '../../parts/sources/resolvers.ts';
import { toolchains } from '../../parts/toolchains/index.ts';
import { userlands } from '../../parts/userlands/index.ts';
import { loadCatalog } from '../../src/catalog/catalog.ts';
import { defaultParts } from '../../src/definition/defaults.ts';

const root = join(import.meta.dirname, '../..');
const neutral = [
  ...['definition', 'catalog', 'plan', 'engine', 'runtime', 'store', 'events', 'api', 'client', 'cli', 'webui'].map(
    (folder) => `src/${folder}`,
  ),
  'stage-images/contract',
];
/** The one file that says what a definition gets which says nothing. */
const defaults = 'src/definition/defaults.ts';
/** Made by a tool. */
const generated = 'src/store/generated/';

const parts = {
  bootloaders: bootLoaders,
  checks,
  filesystems: fileSystems,
  formats,
  growth: growths,
  initramfs: initramfses,
  inits: initSystems,
  labels: labelsParts,
  layouts,
  machines,
  sources: kernelSources,
  toolchains,
  userlands,
};
const partNames = Object.values(parts).flatMap((index) => Object.keys(index));
const componentNames = readdirSync(join(root, 'components'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.yaml'))
  .map((path) => basename(path, '.yaml'));
const names = [...new Set([...partNames, ...componentNames])].sort();

/** Names that are words of plain English, or of the trade: what they say elsewhere. They count where a part or component is chosen. */
const plainWords: Readonly<Record<string, string>> = {
  bios: 'what firmware is called',
  directory: 'a folder',
  disk: 'what a machine has',
  git: 'a program that people name commits and write patches with',
  iso: 'how names of CD images end',
  linux: 'the operating system',
  minimal: 'an example',
  none: 'nothing',
  package: 'a stage, and what is installed',
  raw: 'as it is',
  tar: 'an archive',
  storage: 'where files are kept',
  swap: 'what memory is moved to, and a key of definitions',
  uefi: 'what firmware is called',
  url: 'the address of a file, and a key of definitions',
  upload: 'what is sent to a server',
  virtio: 'how QEMU calls a disk’s connection',
};
/** Keys under which parts and components are named. */
const choosingKeys = [
  'use',
  'format',
  'formats',
  'fileSystem',
  'filesystem',
  'bootloader',
  'layout',
  'initramfs',
  'source',
  'init',
  'check',
  'userland',
  'hardware',
];

/** What has yet to move into parts. This list only gets shorter. */
const exceptions: readonly { file: string; name: string; why: string }[] = [
  { file: 'src/definition/package-name.ts', name: 'debian', why: 'the form of package names is the userland’s affair' },
  { file: 'src/plan/packages.ts', name: 'debian', why: 'architectures of packages are the userland’s affair' },
  { file: 'src/cli/files/file-error.ts', name: 'erofs', why: 'EROFS of errno(3) is any file system mounted read-only' },
  { file: 'src/runtime/docker/docker-error.ts', name: 'debian', why: 'the operating system of the host' },
  { file: 'src/cli/boot/command.ts', name: 'debian', why: 'the operating system of the host' },
  { file: 'src/cli/boot/qemu.ts', name: 'debian', why: 'the operating system of the host' },
];

describe('neutral code', () => {
  const found = neutral.flatMap(filesOf).flatMap((file) => namesIn(file).map((hit) => ({ file, ...hit })));
  const isException = ({ file, name }: { file: string; name: string }) =>
    exceptions.some((exception) => exception.file === file && exception.name === name);

  it('names no component and no part', () => {
    const wrong = found.filter((hit) => !isException(hit));
    expect(wrong.map(({ file, line, name, text }) => `${file}:${line} ${name}: ${text}`)).toEqual([]);
  });

  it('is looked through with names that there are, and has every exception that is listed', () => {
    expect(names).toEqual(expect.arrayContaining(['ext4', 'qcow2', 'systemd-boot', 'debian', 'systemd', 'uefi']));
    expect(neutral.flatMap(filesOf).length).toBeGreaterThan(300);
    expect(exceptions.filter(({ file, name }) => !found.some((hit) => hit.file === file && hit.name === name))).toEqual(
      [],
    );
    expect(Object.keys(plainWords).filter((word) => !names.includes(word))).toEqual([]);
  });

  it('would be told of', () => {
    const namesOf = (text: string) => namesInText('x.ts', text).map(({ name }) => name);
    expect(namesOf("const hint = 'Choose qcow2.';")).toEqual(['qcow2']);
    expect(namesOf(['const t = `such as $', '{x} or ext4`;'].join(''))).toEqual(['ext4']);
    expect(namesOf('const debianRelease = 1;')).toEqual(['debian']);
    expect(namesOf("if (artifact.format === 'raw') x();")).toEqual(['raw']);
    expect(namesOf("const part = { use: 'disk', params: {} };")).toEqual(['disk']);
    expect(namesOf("const formats = z.enum(['raw', 'x']);")).toEqual(['raw']);
    expect(namesOf("// qcow2 in a comment\nconst space = disk.raw + ' package of a disk';")).toEqual([]);
  });

  it('imports nothing of a part but its parameters; stage programs find them in their indexes', () => {
    const imported = filesOf('src').flatMap(partsImportedBy);
    expect(imported.length).toBeGreaterThan(2);
    expect(imported.filter((path) => !/^parts\/[^/]+\/params\.ts$/.test(path))).toEqual([]);
    const ofStages = filesOf('stage-images').flatMap((file) => partsImportedBy(file).map((path) => `${file}: ${path}`));
    expect(ofStages.length).toBeGreaterThan(20);
    const inOnePart = new RegExp(`: parts/(${Object.keys(parts).join('|')})/[^/]+/`);
    expect(ofStages.filter((line) => inOnePart.test(line))).toEqual([]);
    for (const kind of Object.keys(parts)) {
      const files = readdirSync(join(root, 'parts', kind), { recursive: true, encoding: 'utf8' });
      for (const file of files.filter((path) => basename(path) === 'params.ts')) {
        const path = join('parts', kind, file);
        const targets = ts.preProcessFile(readFileSync(join(root, path), 'utf8')).importedFiles;
        for (const { fileName } of targets)
          expect(fileName, path).toMatch(
            /^(zod|\.\/.*params\.ts|(\.\.\/)+src\/(architecture|definition\/(image-size|public-keys|sha256|version-control|web-address))\.ts)$/,
          );
      }
    }
  });
});

describe('parts', () => {
  it('that bring kernels can all be chosen from, and read', () => {
    expect(Object.keys(sourceResolvers)).toEqual(Object.keys(kernelSources));
  });

  it.each(Object.entries(parts))(
    'of kind %s are the folders there, each with its parameters and a test',
    (kind, index) => {
      const folders = readdirSync(join(root, 'parts', kind), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name);
      expect(Object.keys(index).sort()).toEqual(folders.sort());
      for (const folder of folders) {
        const files = readdirSync(join(root, 'parts', kind, folder));
        expect(files, folder).toEqual(expect.arrayContaining(['params.ts', `${folder}.ts`, `${folder}.test.ts`]));
      }
    },
  );

  it('are all used by a component, or stand in for what no component chooses yet', async () => {
    const { entries } = await loadCatalog(join(root, 'components'));
    const used = entries.flatMap(({ component }) => [
      ...('use' in component ? [component.use] : []),
      ...[component.contributes.console.check?.use ?? []].flat(),
      ...[component.contributes.labels?.use ?? []].flat(),
      ...('growth' in component ? [component.growth?.use ?? []].flat() : []),
      ...component.contributes.partitions.map(({ fileSystem }) => fileSystem.use),
      ...[component.contributes, ...Object.values(component.perArch)].flatMap(({ bootsOn }) =>
        bootsOn.map(({ use }) => use),
      ),
    ]);
    expect(
      partNames.filter((name) => ![...used, ...Object.values(defaultParts).map(({ use }) => use)].includes(name)),
    ).toEqual([]);
  });
});

function partsImportedBy(file: string): string[] {
  return ts
    .preProcessFile(readFileSync(join(root, file), 'utf8'))
    .importedFiles.map(({ fileName }) => fileName)
    .filter((path) => /^(\.\.\/)+parts\//.test(path))
    .map((path) => relativeToRoot(file, path))
    .filter((path) => path.startsWith('parts/'));
}

function relativeToRoot(file: string, path: string): string {
  return join(dirname(file), path);
}

function filesOf(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path}`)
    .filter((path) => /\.tsx?$/.test(path) && !path.startsWith(generated) && path !== defaults);
}

interface Hit {
  name: string;
  line: number;
  text: string;
}

function namesIn(file: string): Hit[] {
  return namesInText(file, readFileSync(join(root, file), 'utf8'));
}

function namesInText(file: string, content: string): Hit[] {
  const source = ts.createSourceFile(file, content, ts.ScriptTarget.Latest, true);
  const found: Hit[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return;
    for (const name of namesAt(node))
      found.push({ name, line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1, text: node.getText() });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** In texts and identifiers as words, whichever their case; what is a plain word, too, only where it is a choice. */
function namesAt(node: ts.Node): string[] {
  const isText = ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node) || ts.isJsxText(node);
  if (!isText && !ts.isIdentifier(node)) return [];
  const words = ts.isIdentifier(node) ? node.text.replace(/([a-z0-9])([A-Z])/g, '$1 $2') : node.text;
  return names.filter((name) => {
    if (Object.hasOwn(plainWords, name)) return ts.isStringLiteralLike(node) && node.text === name && isChoice(node);
    return new RegExp(`(?<![a-z0-9-])${name}(?![a-z0-9-])`).test(words.toLowerCase());
  });
}

/** It is the value of such a key, in a list of it, or compared with it. */
function isChoice(node: ts.Node): boolean {
  for (let at = node.parent; at && !ts.isBlock(at) && !ts.isSourceFile(at); at = at.parent) {
    if (ts.isPropertyAssignment(at) || ts.isVariableDeclaration(at)) return choosingKeys.includes(at.name.getText());
    if (ts.isBinaryExpression(at)) {
      const other = at.left === node ? at.right : at.left;
      return choosingKeys.includes(ts.isPropertyAccessExpression(other) ? other.name.text : other.getText());
    }
  }
  return false;
}
