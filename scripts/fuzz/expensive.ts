/** Requests that are as expensive as their size allows: what a reader, a schema or a planner may be slow at. */
import type { DrawnRequest } from './draw.ts';

export interface ExpensiveRequest extends DrawnRequest {
  what: string;
}

/** @param bytes about how large each body is */
export function expensiveRequests(bytes: number): ExpensiveRequest[] {
  const head = 'name: slow\narch: x86_64\n';
  const lines = (make: (index: number) => string, each: number) =>
    Array.from({ length: Math.floor(bytes / each) }, (_, index) => make(index)).join('');
  const yaml = (what: string, text: string, path = '/v1/distributions/validate'): ExpensiveRequest => ({
    ...{ what, method: 'POST', path, headers: { 'Content-Type': 'application/yaml' } },
    body: Buffer.from(text),
  });
  const json = (what: string, value: unknown, path = '/v1/distributions/validate'): ExpensiveRequest => ({
    ...{ what, method: 'POST', path, headers: { 'Content-Type': 'application/json' } },
    body: Buffer.from(JSON.stringify(value)),
  });
  const definition = { name: 'slow', arch: 'x86_64' };
  const many = (each: number, make: (index: number) => unknown) =>
    Array.from({ length: Math.floor(bytes / each) }, (_, index) => make(index));
  const record = (each: number, make: (index: number) => [string, unknown]) =>
    Object.fromEntries(Array.from({ length: Math.floor(bytes / each) }, (_, index) => make(index)));
  const services = many(12, (index) => `s${index}`);
  return [
    yaml('many unknown keys', head + lines((index) => `k${index}: 1\n`, 9)),
    yaml('many anchors', head + lines((index) => `k${index}: &a${index} 1\n`, 16)),
    yaml(
      'many aliases of one list',
      `${head}l: &l [${'x, '.repeat(Math.floor(bytes / 6))}x]\nm: [${Array(90).fill('*l').join(', ')}]\n`,
    ),
    yaml('one long flow list', `${head}l: [${'x,'.repeat(Math.floor(bytes / 2))}x]\n`),
    yaml('one long folded text', `${head}l: >\n${'  x\n'.repeat(Math.floor(bytes / 4))}`),
    yaml('many comments', head + '#\n'.repeat(Math.floor(bytes / 2))),
    yaml('many keys of a component', `kind: kernel\n${lines((index) => `k${index}: 1\n`, 9)}`, '/v1/components'),
    json('numbers where names belong', {
      definition: { ...definition, system: { services: { enable: many(2, () => 1) } } },
    }),
    json('services on and off', {
      definition: { ...definition, system: { services: { enable: services, disable: services } } },
    }),
    json('many packages', {
      definition: { ...definition, userland: { packages: many(10, (index) => `p${index}`) } },
    }),
    json('many kernel options', {
      definition: { ...definition, kernel: { config: { options: record(20, (index) => [`CONFIG_X${index}`, 'y']) } } },
    }),
    json('many users', {
      definition: { ...definition, system: { users: many(16, (index) => ({ name: `u${index}` })) } },
    }),
    json('many files of one path', {
      definition: { ...definition, system: { files: many(36, () => ({ path: '/etc/motd', content: 'x' })) } },
    }),
    json('many sources in a lock', { definition, lock: { kernel: { sources: many(3, () => ({})) } } }),
    json(
      'many provisions of a component',
      {
        ...{ kind: 'platform', name: 'slow', title: 'slow', version: '1' },
        provides: many(12, (index) => `p:${index}`),
        requires: many(12, (index) => `r:${index}`),
      },
      '/v1/components',
    ),
  ];
}
