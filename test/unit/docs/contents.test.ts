/** What single documents say is so: tables and columns, words, version and licence. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };

/** Tables of the schema with their columns, less the fields that join tables. */
const tables = new Map(
  [...readFileSync('prisma/schema.prisma', 'utf8').matchAll(/^model (\w+) \{\n(.*?)^\}/gms)].map(
    ([, name = '', body = '']) => [
      name,
      [...body.matchAll(/^ {2}(\w+) +(?:String|Int|Float|Boolean|DateTime|BigInt)\b/gm)].map((field) => field[1] ?? ''),
    ],
  ),
);

describe('docs/data-model.md', () => {
  const sections = readFileSync('docs/data-model.md', 'utf8').split(/^#{2,3} /m);
  const described = new Map(
    sections.flatMap((section) => {
      const name = /^`(\w+)`\n/.exec(section)?.[1];
      const columns = [...section.matchAll(/^\| ([^|]*) \|/gm)].flatMap((row) =>
        [...(row[1] ?? '').matchAll(/`(\w+)`/g)].map((span) => span[1] ?? ''),
      );
      return name === undefined ? [] : [[name, columns] as const];
    }),
  );

  it('describes every table, and no other', () => {
    expect([...described.keys()].sort()).toEqual([...tables.keys()].sort());
  });

  it.each([...tables])('has every column of %s, and no other', (name, columns) => {
    expect([...(described.get(name) ?? [])].sort()).toEqual([...columns].sort());
  });
});

describe('docs/GLOSSARY.md', () => {
  const words = readFileSync('docs/GLOSSARY.md', 'utf8');
  const rows = (text: string) => [...text.matchAll(/^\| ([^|]*[^ |]) *\| ([^|]*[^ |]) *\|$/gm)].slice(2);

  it('has each word once, in the order of the alphabet', () => {
    const all = rows(words).map((row) => row[1] ?? '');
    expect(all.length).toBeGreaterThan(35);
    expect(all).toEqual([...new Set(all)].sort());
  });

  it('is kept to: private words for what it names do not come back', () => {
    const privateWords = /\b(letGo|LetGo|Overtaken|Faults|mend|mends|mended|isToBeTakenUp|callOff|askingFor)\b/;
    const using = ['src', 'stage-images', 'parts', 'components']
      .flatMap((folder) =>
        readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
      )
      .filter((path) => /\.(tsx?|ya?ml)$/.test(path) && !path.startsWith('src/store/generated/'))
      .filter((path) => privateWords.test(readFileSync(path, 'utf8')));
    expect(using).toEqual([]);
  });
});

describe('CHANGELOG.md and LICENSE', () => {
  it('have the version and the licence of package.json', () => {
    expect(readFileSync('CHANGELOG.md', 'utf8')).toMatch(
      new RegExp(`^## \\[${packageJson.version.replaceAll('.', '\\.')}\\] - (Unreleased|\\d{4}-\\d{2}-\\d{2})$`, 'm'),
    );
    expect(packageJson.license).toBe('Apache-2.0');
    expect(readFileSync('LICENSE', 'utf8')).toMatch(
      /Apache License\s+Version 2\.0, January 2004[\s\S]*END OF TERMS AND CONDITIONS/,
    );
  });
});
