/**
 * The key sets of this installation: a folder each, with `certificate.pem`, `private-key.pem` and `artifact-key.pem`, for their owner
 * alone. These files are the one place where private keys are kept; whoever wants them elsewhere names another folder (LDF_KEYS_DIR).
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { slug } from '../definition/names.ts';
import { type ErrorDetail, LdfError } from '../errors.ts';
import { undefinedIfMissing } from '../missing-file.ts';
import type { KeySet, KeySetRequest } from '../model/key-set.ts';
import type { Signer } from '../signatures/signer.ts';
import { ownerOnly, writeAtomically, writeOnce } from '../write-atomically.ts';
import { artifactKeyFacts, checkedArtifactKey, makeArtifactKey, signerOf } from './artifact-key.ts';
import { factsOf, type KeyPair, makeKeyPair } from './certificate.ts';
import { parsed } from './parsed.ts';
import { privateFileProblem, readPrivateKey } from './private-file.ts';

const files = {
  certificate: 'certificate.pem',
  privateKey: 'private-key.pem',
  /** Key sets of an earlier version have none. */
  artifactKey: 'artifact-key.pem',
} as const;

/** As many as an installation can have. */
const mostKeySets = 100;
/** Bits of an RSA modulus that firmware can be expected to know. */
const modulusBits = { least: 2048, most: 4096 } as const;
const dayMs = 24 * 60 * 60 * 1000;

/** A key set with its certificate (PEM), which is no secret; null where it cannot be read. */
export interface FoundKeySet extends KeySet {
  pem: string | null;
}

export class KeySets {
  readonly #folder: string;
  readonly #now: () => Date;

  constructor(folder: string, now: () => Date = () => new Date()) {
    this.#folder = folder;
    this.#now = now;
  }

  /** All of them, by name. */
  async list(): Promise<FoundKeySet[]> {
    const names = (await readdir(this.#folder).catch(undefinedIfMissing)) ?? [];
    return Promise.all(
      names
        .filter((name) => slug.safeParse(name).success)
        .sort()
        .map((name) => this.#read(name)),
    );
  }

  async find(name: string): Promise<FoundKeySet | undefined> {
    return (await this.list()).find((one) => one.name === name);
  }

  /**
   * Makes a key set, or takes one in.
   * @throws LdfError `name.taken`, `quota.reached`, `request.invalid` for what cannot be taken in
   */
  async create({ name, days, imported }: KeySetRequest): Promise<FoundKeySet> {
    const all = await this.list();
    if (all.some((one) => one.name === name)) throw taken(name);
    if (all.length >= mostKeySets)
      throw new LdfError('quota.reached', `There are ${mostKeySets} key sets already.`, {
        hint: 'Delete those that nothing is signed with any more.',
      });
    const now = this.#now();
    const pair: Imported = imported
      ? checked(imported, now)
      : await makeKeyPair(`${name} Secure Boot`.slice(0, 64), now, new Date(now.getTime() + days * dayMs));
    const artifactKey = pair.artifactKey ?? (await makeArtifactKey());
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    // Beside its place, and renamed once it is whole: a folder of that name that is there is not replaced (rename(2)).
    const partial = await mkdtemp(join(this.#folder, '.new-'));
    try {
      await writeAtomically(join(partial, files.privateKey), pair.privateKey, ownerOnly);
      await writeAtomically(join(partial, files.artifactKey), artifactKey, ownerOnly);
      await writeAtomically(join(partial, files.certificate), pair.certificate, ownerOnly);
      await rename(partial, join(this.#folder, name)).catch((cause: unknown) => {
        if (cause instanceof Error && 'code' in cause && cause.code === 'ENOTEMPTY') throw taken(name);
        throw cause;
      });
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
    return this.#read(name);
  }

  /** Makes the key for artifacts of a key set that has none. @throws LdfError `not-found`, `state.conflict` */
  async addArtifactKey(name: string): Promise<FoundKeySet> {
    if (!(await this.find(name))) throw new LdfError('not-found', `There is no key set ${name}.`);
    const path = join(this.#folder, name, files.artifactKey);
    const made = await makeArtifactKey();
    await writeOnce(path, made, ownerOnly);
    if ((await readFile(path, 'utf8')) === made) return this.#read(name);
    throw new LdfError('state.conflict', `The key set ${name} has a key for artifacts already.`, {
      hint: 'Artifacts that it signed could not be told from others any more. For another key make another key set.',
    });
  }

  /** Removes a key set, its private keys with it. @throws LdfError `not-found` */
  async remove(name: string): Promise<void> {
    if (!(await this.find(name))) throw new LdfError('not-found', `There is no key set ${name}.`);
    await rm(join(this.#folder, name), { recursive: true });
  }

  /**
   * The private key (PEM) that belongs to a certificate.
   * @throws LdfError `state.conflict` when there is none that may be used
   */
  async privateKey(certificateSha256: string): Promise<string> {
    const found = (await this.list()).find(({ certificate }) => certificate?.sha256 === certificateSha256);
    if (found && found.problem === null) return readFile(join(this.#folder, found.name, files.privateKey), 'utf8');
    const why = found?.problem ? `: ${found.name} ${found.problem.message}` : ', for it was deleted';
    throw new LdfError('state.conflict', `The key that the build is to be signed with cannot be used${why}.`, {
      hint: found?.problem?.hint ?? 'Name another key set in the definition, and build again.',
    });
  }

  /**
   * What signs artifacts with the key of a key set.
   * @throws LdfError `state.conflict` when there is none that may be used
   */
  async artifactSigner(name: string): Promise<Signer> {
    const found = await this.find(name);
    if (found && found.artifactProblem === null)
      return signerOf(await readFile(join(this.#folder, name, files.artifactKey), 'utf8'));
    const why = found?.artifactProblem ? `${name} ${found.artifactProblem.message}` : `${name} was deleted`;
    throw new LdfError(
      'state.conflict',
      `The key set that the artifacts are to be signed with cannot be used: ${why}.`,
      {
        hint: found?.artifactProblem?.hint ?? 'Name another key set in the definition, and build again.',
      },
    );
  }

  async #read(name: string): Promise<FoundKeySet> {
    const path = (file: string) => join(this.#folder, name, file);
    const { artifactKey, problem: artifactProblem } = await artifactKeyFacts(path(files.artifactKey), name);
    const pem = await readFile(path(files.certificate), 'utf8').catch(() => null);
    const certificate = pem === null ? undefined : parsed(() => new X509Certificate(pem));
    if (pem === null || !certificate) {
      const hint = `Put it back from a backup, or delete the key set: \`ldf keys delete ${name}\`.`;
      const problem = { message: 'has no certificate that can be read', hint };
      return { name, pem: null, certificate: null, problem, artifactKey, artifactProblem: problem };
    }
    const facts = factsOf(certificate);
    // The certificate's end is that of the whole set: a key for artifacts has none of its own.
    const expired = expiry(name, facts.expiresAt, this.#now());
    return {
      ...{ name, pem, certificate: facts, artifactKey },
      problem: expired ?? (await keyProblem(path(files.privateKey), certificate)),
      artifactProblem: expired ?? artifactProblem,
    };
  }
}

type Problem = KeySet['problem'];

function expiry(name: string, expiresAt: string, now: Date): Problem {
  if (new Date(expiresAt) > now) return null;
  return {
    message: `has a certificate that expired on ${expiresAt.slice(0, 10)}`,
    hint: `Make another key set (\`ldf keys create\`), enrol its certificate in the machines, and name it instead of ${name}.`,
  };
}

async function keyProblem(path: string, certificate: X509Certificate): Promise<Problem> {
  const problem = await privateFileProblem(path, {
    what: 'private key',
    missing: `Put it at ${path}, for its owner alone (mode 0600), or name another key set.`,
  });
  if (problem) return problem;
  const key = await readPrivateKey(path);
  if (key && certificate.checkPrivateKey(key)) return null;
  return {
    message: key ? 'has a private key that is not the one of its certificate' : 'has a private key that cannot be read',
    hint: `Put the right one at ${path} (PEM, not encrypted), or name another key set.`,
  };
}

type Imported = KeyPair & { artifactKey?: string | undefined };

/** @throws LdfError `request.invalid` with every problem; no value is in it */
function checked({ certificate, privateKey, artifactKey }: Imported, now: Date): Imported {
  const details: ErrorDetail[] = [];
  const problem = (key: keyof Imported, message: string, hint: string) =>
    void details.push({ pointer: `/imported/${key}`, message, hint });
  const parsedCertificate = parsed(() => new X509Certificate(certificate));
  const parsedKey = parsed(() => createPrivateKey(privateKey));
  if (!parsedCertificate)
    problem('certificate', 'is no certificate in PEM', 'Convert it: openssl x509 -inform DER -in FILE -out FILE.pem');
  else if (new Date(parsedCertificate.validTo) <= now)
    problem('certificate', `expired on ${factsOf(parsedCertificate).expiresAt.slice(0, 10)}`, 'Import a valid one.');
  if (!parsedKey)
    problem(
      'privateKey',
      'is no private key in PEM that can be read without a passphrase',
      'Take the passphrase off: openssl pkey -in FILE -out FILE.plain',
    );
  else if (!isRsa(parsedKey))
    problem(
      'privateKey',
      `is no RSA key of ${modulusBits.least} to ${modulusBits.most} bits`,
      'Firmware knows RSA with 2048 bits; make such a key.',
    );
  else if (parsedCertificate && !parsedCertificate.checkPrivateKey(parsedKey))
    problem('privateKey', 'is not the key of the certificate', 'Import the two that belong together.');
  const ownArtifactKey = artifactKey === undefined ? undefined : checkedArtifactKey(artifactKey);
  if (artifactKey !== undefined && ownArtifactKey === undefined)
    problem(
      'artifactKey',
      'is no Ed25519 key in PEM that can be read without a passphrase',
      'Make one: openssl genpkey -algorithm ed25519 -out FILE',
    );
  if (details.length > 0 || !parsedCertificate || !parsedKey)
    throw new LdfError('request.invalid', 'The key set cannot be taken in.', { details });
  return {
    certificate: parsedCertificate.toString(),
    privateKey: String(parsedKey.export({ type: 'pkcs8', format: 'pem' })),
    artifactKey: ownArtifactKey,
  };
}

function isRsa({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  const bits = asymmetricKeyDetails?.modulusLength ?? 0;
  return asymmetricKeyType === 'rsa' && bits >= modulusBits.least && bits <= modulusBits.most;
}

function taken(name: string): LdfError {
  return new LdfError('name.taken', `There is a key set ${name} already.`, { hint: 'Choose another name.' });
}
