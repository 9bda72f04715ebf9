import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const folder = 'src/store';

it('says nothing in the words of one database outside its folder', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !path.startsWith('generated') && !path.startsWith('sqlite'),
  );
  expect(files).toContain(join('rows', 'builds.ts'));
  const speaking = files.filter((path) =>
    /\$(?:query|execute)Raw|json_each|json_extract|json_group_array|PRAGMA/.test(
      readFileSync(join(folder, path), 'utf8'),
    ),
  );
  expect(speaking).toEqual([]);
});

it('opens one interface a table', () => {
  const tables = readFileSync('prisma/schema.prisma', 'utf8').match(/^model \w+/gm) ?? [];
  const interfaces = readdirSync(folder).flatMap(
    (name) =>
      (name.endsWith('.ts') && readFileSync(join(folder, name), 'utf8').match(/export interface \w+Table\b/g)) || [],
  );
  expect(interfaces.length).toBeGreaterThanOrEqual(10);
  expect(interfaces.length).toBeLessThanOrEqual(tables.length);
});
