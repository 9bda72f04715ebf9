/** Goes through the services of a definition and its components; what is wrong with any of them comes out in one report. */
import { StageFailure } from '../../stage-images/contract/failure.ts';
import type { Services } from './init-system.ts';

/** Suffixes of systemd.unit(5). */
export const unitSuffix = /\.(service|socket|target|timer|mount|automount|swap|path|slice|scope|device)$/;

/** Why a service cannot be changed. */
export interface ServiceProblem {
  message: string;
  hint: string;
  /** There is no such service. */
  unknown?: true;
}

type Change = (name: string, key: keyof Services) => Promise<ServiceProblem | undefined> | ServiceProblem | undefined;

/** @throws StageFailure `services.unknown` where none of those that are wrong is there, else `services.impossible`. */
export async function changeServices({ enable, disable }: Services, change: Change): Promise<void> {
  const problems: (ServiceProblem & { pointer: string; value: string })[] = [];
  for (const [key, names] of [
    ['enable', enable],
    ['disable', disable],
  ] as const)
    for (const name of names) {
      const problem = await change(name, key);
      // The list holds the components' services too, so an index would point at another entry.
      if (problem) problems.push({ pointer: `/system/services/${key}`, value: JSON.stringify(name), ...problem });
    }
  const [first, ...others] = problems;
  if (!first) return;
  const single = others.length === 0;
  throw new StageFailure({
    code: problems.every(({ unknown }) => unknown) ? 'services.unknown' : 'services.impossible',
    message: single ? first.message : `${problems.length} services couldn't be enabled or disabled.`,
    hint: single ? first.hint : 'Correct the names listed.',
    details: problems.map(({ unknown: _, ...detail }) => detail),
  });
}
