/**
 * The same definition twice, from nothing: a build and the verification that the API makes of it, which has empty caches (the
 * compiler's too), another host name, another number of CPUs and, of course, another start. Artifacts must be the same.
 */
import { minimal } from './definitions.ts';
import type { Measurement } from './measurement.ts';

export const verify: Measurement = {
  name: 'verify',
  summary: 'the same build again from nothing, compared bit for bit (a kernel on one CPU less: 15 minutes)',
  async run({ lab, say }) {
    const { build, verify: verifyBuild } = await lab();
    say('the build that is to be verified');
    const { build: subject } = await build({ ...(await minimal()), image: { formats: ['raw', 'qcow2'] } });
    say('the verification');
    const { verdict, seconds } = await verifyBuild(subject);
    const different = verdict.artifacts.filter(({ same }) => !same);
    for (const { name, sha256, again } of different) say(`${name}: ${sha256}, then ${again}`);
    if (verdict.firstDifference) say(`the first to differ: ${JSON.stringify(verdict.firstDifference)}`);
    const names = verdict.artifacts.map(({ name }) => `\`${name}\``).join(', ');
    return [
      {
        what: `Artifacts that differ when a build is rebuilt from scratch (of ${names})`,
        goal: 0,
        unit: '',
        figure: different.length,
        samples: [{ of: 'verification', unit: 's', values: [seconds] }],
      },
    ];
  },
};
