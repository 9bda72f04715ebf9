/** The definitions to begin with. */
import { expect, it, onTestFinished } from 'vitest';
import { parseDefinition, readYaml } from '../../../src/definition/parse.ts';
import { ExampleList } from '../../../src/model/example.ts';
import { ApiWorld } from '../../fixtures/engine/api-world.ts';

it('lists the shipped examples with what each is for; all of them are valid', async () => {
  const world = await ApiWorld.open({ idle: true });
  onTestFinished(() => world.close());
  const { items } = ExampleList.parse(await (await world.app.request('/v1/examples')).json());
  expect(items.map(({ name }) => name)).toContain('minimal');
  const logins = Object.fromEntries(items.map((one) => [one.name, one.logins]));
  expect(logins).toMatchObject({ minimal: [], instant: [], 'edge-gateway': ['ops'] });
  for (const { name, summary, yaml } of items) {
    expect(parseDefinition(readYaml(yaml)).name).toBe(name);
    expect(summary).toMatch(/^[A-Z].+\.$/);
    expect(summary).not.toContain('schema');
  }
});
