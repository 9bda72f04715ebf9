/** Whether an entry of an archive stays inside of it, as GNU tar lists it with --verbose --verbose --numeric-owner. */
import { posix } from 'node:path';

const listed = /^([-dlhbcpCVMN])\S{9}\S* [0-9]+\/[0-9]+ +\S+ [0-9-]+ [0-9:]+ (.+)$/;

/** Kinds that a source has no use for. */
const special: Readonly<Record<string, string>> = { b: 'a device', c: 'a device', p: 'a pipe' };

/** What is wrong with an entry, or with what tar says of one; undefined for all else. */
export function whyUnsafe(line: string): string | undefined {
  const skipped = /^tar: (.+): Member name contains '\.\.'/.exec(line)?.[1];
  if (skipped !== undefined) return `${skipped} leads out of it`;
  const [, kind, rest] = listed.exec(line) ?? [];
  if (kind === undefined || rest === undefined) return undefined;
  const [name, target] = halves(kind, rest);
  if (Object.hasOwn(special, kind)) return `${name} is ${special[kind]}`;
  if (leadsOut(name)) return `${name} leads out of it`;
  if (target === undefined) return undefined;
  // A hard link names an entry of the archive, a symbolic link a path from its own folder.
  const reached = kind === 'h' || target.startsWith('/') ? target : posix.join(posix.dirname(name), target);
  return leadsOut(reached) ? `${name} links to ${target}, which is outside of it` : undefined;
}

function halves(kind: string, rest: string): [string, string | undefined] {
  const between = kind === 'l' ? ' -> ' : kind === 'h' ? ' link to ' : undefined;
  const at = between === undefined ? -1 : rest.lastIndexOf(between);
  return between === undefined || at < 0 ? [rest, undefined] : [rest.slice(0, at), rest.slice(at + between.length)];
}

function leadsOut(path: string): boolean {
  const plain = posix.normalize(path);
  return plain.startsWith('/') || plain === '..' || plain.startsWith('../');
}
