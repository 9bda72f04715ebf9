/** The commit that is asked for, or that a signed tag names, and the archive that its tree comes to. */
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { KernelGroup } from '../../../src/stages/lock.ts';
import type { KernelWish } from '../../../src/stages/resolve/contract.ts';
import { sha256File } from '../../../stage-images/contract/hash.ts';
import { definePart } from '../../part.ts';
import { checkSignature, NotSigned } from '../signature.ts';
import type { SourceContext, SourceResolver } from '../source.ts';
import { fitsVersion, versionIn } from '../tree-archive.ts';
import { GitParams } from './params.ts';
import { failure, type Repository, withRepository } from './repository.ts';

const unsigned =
  'Only a tag with a PGP signature is taken, as `git tag --sign` makes it, by the key in kernel.publicKey. Or name the commit in kernel.commit, in full.';

export const gitResolver = definePart(GitParams, (params): SourceResolver => {
  const { url, commit, tag } = params;
  return {
    asks: `the tree at ${url}`,
    async resolve(context, wish, previous) {
      const known = tag === undefined && commit !== undefined ? knownTree(previous, commit, wish) : undefined;
      if (known)
        return { ...known, wishesSha256: wish.wishesSha256, sources: known.sources.map((one) => ({ ...one, url })) };
      return withRepository(context, url, async (repository) => {
        const chosen = tag === undefined ? commit : await commitOf(repository, { ...params, tag }, context);
        if (chosen === undefined)
          throw failure('kernel.unavailable', url, 'is named without a commit and without a tag', unsigned);
        return lockedTree(context, repository, { url, commit: chosen, wish });
      });
    },
    finished: () => undefined,
  };
});

/** What the lock has of a commit: it is the same for ever. */
function knownTree(
  previous: KernelGroup | undefined,
  commit: string,
  { version }: KernelWish,
): KernelGroup | undefined {
  if (!previous || !fitsVersion(previous.version, version)) return undefined;
  return previous.sources.some(({ madeBy }) => madeBy?.params.commit === commit) ? previous : undefined;
}

async function lockedTree(
  { work }: SourceContext,
  repository: Repository,
  { url, commit, wish }: { url: string; commit: string; wish: KernelWish },
): Promise<KernelGroup> {
  await repository.fetchCommit(commit);
  const makefile = await repository.file(commit, 'Makefile');
  const found = makefile === undefined ? undefined : versionIn(makefile);
  if (found === undefined)
    throw failure(
      'kernel.source-unusable',
      commit,
      'holds no Linux kernel: there is no Makefile that names a version',
      "Name a commit of a kernel's tree.",
      '/kernel/commit',
    );
  if (!fitsVersion(found, wish.version)) {
    const hint = `Ask for version "${found.split('-')[0]}", or name a commit of ${wish.version}.`;
    throw failure(
      'kernel.version-mismatch',
      wish.version,
      `is asked for, and ${commit} is Linux ${found}`,
      hint,
      '/kernel/version',
    );
  }
  const archive = join(work, `${commit}.tar`);
  try {
    await repository.archive(commit, archive);
    const { size: sizeBytes } = await stat(archive);
    const [version = ''] = found.split('-');
    const source = {
      ...{ url, madeBy: { use: 'git', params: { commit } }, sha256: await sha256File(archive), sizeBytes },
      ...{ filename: `linux-${commit.slice(0, 12)}.tar`, name: 'linux', version },
    };
    const sourceDate = await repository.dateOf(commit);
    return { wishesSha256: wish.wishesSha256, sourceDate, version, sources: [source] };
  } finally {
    await rm(archive, { force: true });
  }
}

/** The commit that a tag names, by a signature of the given key. @throws StageFailure `source.unverified` */
async function commitOf(
  repository: Repository,
  { tag, commit, publicKey }: GitParams & { tag: string },
  { work }: SourceContext,
): Promise<string> {
  const refuse = (what: string) => failure('source.unverified', tag, what, unsigned, '/kernel/tag');
  const text = await repository.fetchTag(tag);
  if (text === undefined) throw refuse('is a tag without a signature');
  const at = text.search(/^-----BEGIN (PGP|SSH) (SIGNATURE|MESSAGE)-----$|^-----BEGIN SIGNED MESSAGE-----$/m);
  if (at < 0) throw refuse('is a tag without a signature');
  const [signed, signature] = [text.slice(0, at), text.slice(at)];
  if (!/^-----BEGIN PGP SIGNATURE-----$/m.test(signature))
    throw refuse('is a tag with a signature that is not one of PGP');
  try {
    await checkSignature(signed, signature, { keys: publicKey === undefined ? [] : [publicKey], work });
  } catch (error) {
    throw error instanceof NotSigned ? refuse(error.message) : error;
  }
  const [, object, name] = /^object ([0-9a-f]{40})\ntype commit\ntag (.+)\n/.exec(signed) ?? [];
  if (object === undefined) throw refuse('names no commit');
  // A server may answer with another tag of the same signer.
  if (name !== tag) throw refuse(`is signed under another name, ${name}`);
  if (commit !== undefined && commit !== object)
    throw refuse(`is the tag of ${object}, and kernel.commit names ${commit}`);
  return object;
}
