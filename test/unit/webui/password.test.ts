/** Passwords are hashed in the browser: by the vectors of the specification, and as crypt(3) of a C library does it. */
import { describe, expect, it } from 'vitest';
import { parseDefinition } from '../../../src/definition/parse.ts';
import { hashPassword, sha512Crypt } from '../../../src/webui/views/distribution-form/sha512-crypt.ts';

describe('SHA512-crypt', () => {
  // https://www.akkadia.org/drepper/SHA-crypt.txt, "Test vectors".
  it.each([
    [
      'Hello world!',
      'saltstring',
      undefined,
      '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
    ],
    [
      'Hello world!',
      'saltstringsaltstring',
      10_000,
      '$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.',
    ],
    [
      'the minimum number is still observed',
      'roundstoolow',
      10,
      '$6$rounds=1000$roundstoolow$kUMsbe306n21p9R.FRkW3IGn.S9NPN0x50YhH1xhLsPuWGsUSklZt58jaTfF4ZEQpyUNGc0dqbpBYYBaHHrsX.',
    ],
  ])('of %j with %j', async (password, salt, rounds, hash) =>
    expect(await sha512Crypt(password, salt, rounds)).toBe(hash),
  );
});

it('a new hash has a salt of its own, and is one that a definition takes', async () => {
  const [one, other] = await Promise.all([hashPassword('grüße'), hashPassword('grüße')]);
  expect(one).toMatch(/^\$6\$rounds=50000\$[./0-9A-Za-z]{16}\$[./0-9A-Za-z]{86}$/);
  expect(other).not.toBe(one);
  const users = [{ name: 'ops', passwordHash: one }];
  expect(parseDefinition({ name: 'gw', arch: 'x86_64', system: { users } }).system.users[0]?.passwordHash).toBe(one);
  const salt = one.split('$')[3] ?? '';
  expect(await sha512Crypt('grüße', salt, 50_000)).toBe(one);
});
