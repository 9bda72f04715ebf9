/** The packages group of the lock: everything that is essential or required, what was asked for, and their dependencies. */
import type * as z from 'zod';
import type { PackagesGroup } from '../../src/stages/lock.ts';
import type { PackagesWish } from '../../src/stages/stages.ts';
import { StageFailure } from '../contract/failure.ts';
import type { Suite } from './apt.ts';
import { inInstallOrder, parseConflict, parseInstallOrder } from './apt-output.ts';
import { nearNamesHint } from './near-names.ts';

type Wish = z.infer<typeof PackagesWish>;
type Name = Wish['names'][number];
type Detail = { pointer: string; message: string; value: string; hint: string };

/** apt-patterns(7): what every Debian system has. */
const base = ['?essential', '?priority(required)'];

/** @throws StageFailure `packages.unknown` or `packages.conflict`. */
export async function resolvePackages(
  suite: Suite,
  wish: Wish,
  previous: PackagesGroup | undefined,
): Promise<PackagesGroup> {
  const known = new Set(await suite.packageNames());
  await refuseUnknown(suite, wish, known);
  const wanted = [...base, ...wish.names.filter((name) => isKnown(name, known)).map(({ name }) => name)];
  const simulated = await suite.simulateInstall(wanted);
  if (!simulated.ok) throw conflict(wish, parseConflict(simulated.lines));
  const packages = inInstallOrder(parseInstallOrder(simulated.lines), await suite.locateInstall(wanted));
  const aptSources = suite.archives.map(({ uri, suite: name, components }) => ({ uri, suite: name, components }));
  const hashes = (group: PackagesGroup['packages']) =>
    group
      .map(({ sha256 }) => sha256)
      .sort()
      .join();
  const same = previous !== undefined && hashes(previous.packages) === hashes(packages);
  return { of: wish.of, sourceDate: same ? previous.sourceDate : suite.releaseDate, packages, aptSources };
}

/** `name-` asks apt to leave a package out; one the suite does not have needs no leaving out. */
const isLeftOut = (name: string, known: ReadonlySet<string>) => name.endsWith('-') && !known.has(name);
const isKnown = ({ name }: Name, known: ReadonlySet<string>) => !isLeftOut(name, known) || known.has(name.slice(0, -1));

/**
 * apt itself would take an unknown name with a dot or plus in it as a regular expression, so names are looked at first.
 * A virtual package is fine when there is only one that provides it.
 */
async function refuseUnknown(suite: Suite, wish: Wish, known: ReadonlySet<string>): Promise<void> {
  const details: Detail[] = [];
  const unknown = wish.names.filter(({ name }) => !known.has(name) && !isLeftOut(name, known));
  const providersOf = await suite.providers(unknown.map(({ name }) => name));
  for (const { name, from } of unknown) {
    const providers = providersOf.get(name) ?? [];
    if (providers.length === 1) continue;
    const place = { pointer: pointerOf(from), value: JSON.stringify(name) };
    const asker = from.startsWith('/') ? '' : ` (wanted by ${from})`;
    if (providers.length > 1)
      details.push({
        ...place,
        message: `${name} is a virtual package${asker}: several packages provide it.`,
        hint: `Choose one of ${providers.join(', ')}.`,
      });
    else
      details.push({
        ...place,
        message: `${suite.suite} has no package ${name}${asker}.`,
        hint: nearNamesHint(name, known, `Look the name up with \`apt-cache search\`, or choose another suite.`),
      });
  }
  const [first, ...others] = details;
  if (!first) return;
  throw new StageFailure({
    code: 'packages.unknown',
    message: others.length === 0 ? first.message : `${details.length} packages cannot be had from ${suite.suite}.`,
    hint: others.length === 0 ? first.hint : 'Correct or remove the names listed.',
    details,
  });
}

function conflict(wish: Wish, explanation: readonly string[]): StageFailure {
  const text = explanation.join('\n');
  const hint = 'Leave out one of the packages that exclude each other, or choose another suite.';
  const named = wish.names.filter(({ name }) =>
    new RegExp(`(^|[^a-z0-9+.-])${quoted(name)}($|[^a-z0-9+-])`).test(text),
  );
  const details = named.map(({ name, from }) => ({
    pointer: pointerOf(from),
    message: `${name} takes part in the conflict${from.startsWith('/') ? '' : ` (wanted by ${from})`}.`,
    value: JSON.stringify(name),
  }));
  return new StageFailure({
    code: 'packages.conflict',
    message: `These packages cannot be installed together:\n${text}`,
    hint,
    details: details.length > 0 ? details : [{ pointer: '/userland/packages', message: text, hint }],
  });
}

const quoted = (name: string) => name.replace(/[.+]/g, '\\$&');

/** A name asked for by a component has no place in the definition of its own. */
const pointerOf = (from: string) => (from.startsWith('/') ? from : '/userland/packages');
