/** The same build again, nothing changed: every stage comes from the cache. */
import { instant } from './definitions.ts';
import { assertRan } from './lab.ts';
import type { Measurement } from './measurement.ts';
import { median } from './samples.ts';

const rounds = 10;
const goalSeconds = 1;

export const rebuild: Measurement = {
  name: 'rebuild',
  summary: 'the same build again, nothing changed (a minute or two)',
  async run({ lab, say }) {
    const { build } = await lab();
    const definition = await instant();
    say('the build that is to be repeated');
    await build(definition, { boot: true });
    const values: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const again = await build(definition, { boot: true });
      assertRan(again.build, []);
      values.push(again.seconds);
    }
    const what = 'The same build again, nothing changed: request to `succeeded`, all stages cached';
    return [
      { what, goal: goalSeconds, unit: 's', figure: median(values), samples: [{ of: 'LDF', unit: 's', values }] },
    ];
  },
};
