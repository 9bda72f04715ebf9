import { isRecord } from './is-record.ts';

/**
 * Keys whose values are nobody's business but the image's: they may stand in definitions and requests, and never in a
 * message, a reason, a log or a journal. Whatever shows a value asks here first.
 */
const secretKeys: ReadonlySet<string> = new Set(['passwordHash', 'sshKeys', 'content', 'privateKey']);

/** What is shown in place of such a value. */
export const concealedText = '(not shown)';

export function isSecretKey(key: string): boolean {
  return secretKeys.has(key);
}

/** A value without what is secret in it, at whatever depth. */
export function concealed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(concealed);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, isSecretKey(key) ? concealedText : concealed(part)]),
  );
}

/** Whether an RFC 6901 pointer leads to a secret value or into one. */
export function pointsAtSecret(pointer: string): boolean {
  return pointer.split('/').some(isSecretKey);
}
