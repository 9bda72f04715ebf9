/** The picture of the architecture: read from real imports, in rows, the same each time. That it is up to date, docs.test.ts says. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drawArchitecture, purposesOfNothing } from '../../../scripts/architecture/draw.ts';
import { type Arrow, readImports } from '../../../scripts/architecture/imports.ts';
import { arrangeRows } from '../../../scripts/architecture/rows.ts';

const arrows = (...texts: string[]): Arrow[] =>
  texts.map((text) => {
    const [from = '', to = ''] = text.split('>');
    return { from, to };
  });
const words = (all: readonly Arrow[]) => all.map(({ from, to }) => `${from}>${to}`);

describe('imports', () => {
  it('are read from folders, of types too, and what imports no folder is a basic of everybody', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ldf-imports-'));
    const files = {
      'src/errors.ts': "import { secret } from './secrets.ts';",
      'src/secrets.ts': "import { join } from 'node:path';",
      'src/config.ts': "import type { Engine } from './engine/engine.ts';",
      'src/engine/engine.ts': "export { run } from '../runtime/runtime.ts';\nimport '../errors.ts';",
      'src/engine/gc/gc.ts': "const late = await import('../../store/store.ts');",
      'src/runtime/runtime.ts': '',
      'src/runtime/docker/docker.ts': "import '../runtime.ts';",
      'src/store/store.ts': "import './generated/client.ts';",
      'src/store/generated/client.ts': "import '../../engine/engine.ts';",
      'stage-images/boot-tester/main.ts': "import '../../src/runtime/runtime.ts';",
    };
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const { boxes, arrows, basics } = readImports(folder);
    await rm(folder, { recursive: true });
    expect(basics).toEqual(['src/errors.ts', 'src/secrets.ts']);
    expect(boxes).toEqual([
      'src/config.ts',
      'src/engine',
      'src/runtime',
      'src/runtime/docker',
      'src/store',
      'stage-images/boot-tester',
    ]);
    expect(words(arrows)).toEqual([
      'src/config.ts>src/engine',
      'src/engine>src/runtime',
      'src/engine>src/store',
      'src/runtime/docker>src/runtime',
      'stage-images/boot-tester>src/runtime',
    ]);
  });
});

describe('rows', () => {
  it('have importing boxes above imported ones, and leave out arrows that a longer way shows', () => {
    const { rows, drawn, upward } = arrangeRows(
      ['api', 'engine', 'plan', 'webui'],
      arrows('api>engine', 'api>plan', 'engine>plan', 'webui>plan'),
    );
    expect(rows).toEqual([['api'], ['engine', 'webui'], ['plan']]);
    expect(words(drawn)).toEqual(['api>engine', 'engine>plan', 'webui>plan']);
    expect(upward).toEqual([]);
  });

  it('name the import that closes circles, and stand as without it', () => {
    const circles = arrows('cli>model', 'model>access', 'access>config', 'config>model', 'access>log', 'log>model');
    const { rows, drawn, upward } = arrangeRows(['access', 'cli', 'config', 'log', 'model'], circles);
    expect(words(upward)).toEqual(['model>access']);
    expect(rows).toEqual([['access'], ['cli', 'config', 'log'], ['model']]);
    expect(words(drawn)).not.toContain('model>access');
  });
});

describe('the picture', () => {
  const imports = readImports();
  const picture = drawArchitecture(imports);

  it('has one arrow for each import that no longer way shows', () => {
    const { drawn, upward } = arrangeRows(imports.boxes, imports.arrows);
    expect(picture.match(/class="arrow"/g)).toHaveLength(drawn.length);
    expect(picture.match(/class="arrow up"/g) ?? []).toHaveLength(upward.length);
  });

  it('says of each box all that it imports', () => {
    for (const name of imports.boxes) {
      const targets = imports.arrows.filter(({ from }) => from === name).map(({ to }) => to);
      expect(picture).toContain(`<title>${name} imports ${targets.join(', ') || 'no other folder'}</title>`);
    }
  });

  it('has a purpose for each box, and none for what is gone', () => {
    expect(purposesOfNothing(imports)).toEqual([]);
  });

  it('has no circle of folders but those that are known', () => {
    const known = ['src/config.ts>src/access'];
    const { upward } = arrangeRows(imports.boxes, imports.arrows);
    expect(words(upward).filter((arrow) => !known.includes(arrow))).toEqual([]);
  });

  it('is the same each time', () => {
    expect(drawArchitecture(readImports())).toBe(picture);
  });
});
