import * as z from 'zod';
import { PublicKey } from '../../../src/definition/public-keys.ts';
import { CommitId, TagName } from '../../../src/definition/version-control.ts';
import { FileAddress } from '../../../src/definition/web-address.ts';

export const GitParams = z.strictObject({
  /** Of a repository that is served over https or http. */
  url: FileAddress,
  commit: CommitId.optional(),
  /** Its signature is verified. Beside `commit`, both have to name the same. */
  tag: TagName.optional(),
  /** What `tag` has to be signed with. */
  publicKey: PublicKey.optional(),
});
export type GitParams = z.infer<typeof GitParams>;

/** As the lock has it of a tree that was made. */
export const MadeTree = z.strictObject({ commit: CommitId });
