/** What the API says of sessions, and is told to begin one. */
import * as z from 'zod';
import { Scope } from './scopes.ts';

export const SessionStatus = z.strictObject({
  authentication: z.enum(['token', 'none']).describe('`none`: everybody may do everything.'),
  signedIn: z.boolean(),
  scopes: z.array(Scope).describe('What may be done.'),
  expiresAt: z.iso.datetime().nullable().describe('When the session ends at the latest; null without a session.'),
});
export type SessionStatus = z.infer<typeof SessionStatus>;

const secret = z.string().min(1).max(512);

export const SessionRequest = z.union([
  z.strictObject({ code: secret.describe('Of a link that `ldf open` has printed.') }),
  z.strictObject({ token: secret }),
]);

export const SignInCode = z.strictObject({
  code: z.string().describe('Works once.'),
  expiresAt: z.iso.datetime(),
});
export type SignInCode = z.infer<typeof SignInCode>;
