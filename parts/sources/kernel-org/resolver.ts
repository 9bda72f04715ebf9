/** The release that is asked for, by the list of sha256 that its publisher has signed. */
import type { KernelGroup } from '../../../src/stages/lock.ts';
import type { KernelWish } from '../../../src/stages/resolve/contract.ts';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import { definePart } from '../../part.ts';
import { NotSigned, signedText } from '../signature.ts';
import { mostSourceBytes, type SourceContext, type SourceResolver } from '../source.ts';
import { KernelOrgParams } from './params.ts';
import { folderOf, newestOf, offersIn, releasesIn } from './releases.ts';

/** A list of some thousand files takes 300 KB. */
const mostListBytes = 8 << 20;
const mostListMs = 120_000;

const pointer = '/kernel/source';
const ways = {
  unverified:
    'Whoever answers there may have changed the list: name other mirrors. Where its publisher signs with a new key, name that one. A custom component says both, under `params`.',
  unreachable: 'Check the network, DNS and proxy of the Docker host, or name other mirrors in a custom component.',
};

export const kernelOrgResolver = definePart(KernelOrgParams, ({ mirrors, keys }): SourceResolver => {
  const bases = mirrors.map((mirror) => mirror.replace(/\/+$/, ''));
  return {
    asks: `the list of releases at ${new URL(bases[0] ?? '').host}`,
    async resolve(context, wish, previous) {
      const folders = bases.map((base) => `${base}/${folderOf(wish.version)}`);
      const { found: releases, from } = await first(folders, wish, context, async (folder) => {
        const list = `${folder}/sha256sums.asc`;
        const file = await context.web.content(list, { pointer, mostBytes: mostListBytes, mostMs: mostListMs });
        return releasesIn(await checked(list, () => signedText(file, { keys, work: context.work })));
      });
      const version = newestOf(releases, wish.version);
      const release = version === undefined ? undefined : releases.get(version);
      if (version === undefined || !release) throw unavailable(wish, from, offersIn(releases, wish.version));
      return lockedRelease(context, { wish, folders: [from, ...folders], version, ...release }, previous);
    },
    finished: () => undefined,
  };
});

interface Release {
  wish: KernelWish;
  /** The one with the list first. */
  folders: readonly string[];
  version: string;
  filename: string;
  sha256: string;
}

/** A file that the lock has already keeps its size and its date: no server is asked for them. */
async function lockedRelease(
  context: SourceContext,
  { wish, folders, version, filename, sha256 }: Release,
  previous: KernelGroup | undefined,
): Promise<KernelGroup> {
  const urls = [...new Set(folders)].map((folder) => `${folder}/${filename}`);
  const same = previous?.sources.find((source) => source.sha256 === sha256);
  const { found, from } = same
    ? { found: { sizeBytes: same.sizeBytes, changedAt: previous?.sourceDate ?? 0 }, from: urls[0] ?? '' }
    : await first(urls, wish, context, (url) => context.web.facts(url, { pointer, mostBytes: mostSourceBytes }));
  const others = urls.filter((url) => url !== from);
  const source = {
    url: from,
    ...(others.length > 0 ? { elsewhere: others } : {}),
    ...{ sha256, sizeBytes: found.sizeBytes, filename, name: 'linux', version },
  };
  return { wishesSha256: wish.wishesSha256, sourceDate: found.changedAt, version, sources: [source] };
}

/** Asks one mirror after the other. @throws StageFailure with what each of them said, when none answers as it should. */
async function first<Found>(
  addresses: readonly string[],
  wish: KernelWish,
  { log }: Pick<SourceContext, 'log'>,
  ask: (address: string) => Promise<Found>,
): Promise<{ found: Found; from: string }> {
  const failures: StageFailure[] = [];
  for (const address of addresses)
    try {
      return { found: await ask(address), from: address };
    } catch (error) {
      if (!(error instanceof StageFailure)) throw error;
      failures.push(error);
      log(error.error.message);
    }
  throw merged(failures, wish, addresses[0] ?? '');
}

function merged(failures: readonly StageFailure[], wish: KernelWish, address: string): StageFailure {
  const errors = failures.map(({ error }) => error);
  // No server has the folder of such a version.
  if (errors.every(({ code }) => code === 'source.gone'))
    return unavailable(wish, address, 'Ask for a version that was released, such as the series "6.12".');
  const [first] = errors;
  const code = errors.find((error) => error.code === 'source.unverified')?.code ?? first?.code ?? 'source.unreachable';
  const hint = code === 'source.unverified' ? ways.unverified : (first?.hint ?? ways.unreachable);
  return new StageFailure({
    ...{ code, hint, message: errors.map(({ message }) => message).join(' ') },
    ...(errors.some(({ retry }) => retry === 'same') ? { retry: 'same' as const } : {}),
    details: errors.flatMap(({ details }) => details ?? []),
  });
}

async function checked<Result>(list: string, check: () => Promise<Result>): Promise<Result> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof NotSigned)) throw error;
    const message = `${list} ${error.message}`;
    const hint = ways.unverified;
    throw new StageFailure({
      ...{ code: 'source.unverified', message: `${message}.`, hint },
      details: [{ pointer, message, value: list, hint }],
    });
  }
}

function unavailable({ version }: KernelWish, folder: string, hint: string): StageFailure {
  const message = `Linux ${version} is not in ${folder}.`;
  const details = [{ pointer: '/kernel/version', message, value: JSON.stringify(version), hint }];
  return new StageFailure({ code: 'kernel.unavailable', message, hint, details });
}
