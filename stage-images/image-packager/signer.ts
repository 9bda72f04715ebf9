/**
 * Signs what firmware starts, for Secure Boot (UEFI 2.10 §32.4), by sbsign(1). The signing time is the sources', so that the same
 * key gives the same bytes: RSA PKCS #1 v1.5 has no randomness.
 */
import { X509Certificate } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Placement } from '../../parts/placement.ts';
import type { PackageParams } from '../../src/stages/package/contract.ts';
import type { SigningCertificate } from '../../src/stages/signing.ts';
import { deriveUuid } from '../contract/derive.ts';
import { StageFailure } from '../contract/failure.ts';
import { withPrivateKeyFile } from '../contract/private-key-file.ts';
import type { StageContext } from '../contract/program.ts';
import { readStart } from '../contract/read-start.ts';
import { runTool } from '../contract/tool.ts';

/** Neither tool takes a time: both ask the clock. ld.so(8) knows where $LIB is. */
const clockLibrary = '/usr/$LIB/faketime/libfaketime.so.1';

export class Signer {
  /** Where everything that is made here stands. */
  readonly folder: string;
  readonly #privateKey: string;
  readonly #certificate: SigningCertificate;
  readonly #environment: Record<string, string>;
  readonly #certificateFile: string;
  #count = 0;

  private constructor(folder: string, privateKey: string, certificate: SigningCertificate, sourceDate: number) {
    this.folder = folder;
    this.#privateKey = privateKey;
    this.#certificate = certificate;
    this.#certificateFile = join(folder, 'certificate.pem');
    // libfaketime(1): an absolute time that stands still.
    const time = new Date(sourceDate * 1000).toISOString().slice(0, 19).replace('T', ' ');
    this.#environment = { LD_PRELOAD: clockLibrary, FAKETIME: time };
  }

  /** @throws StageFailure `signing.no-key` when the run was given no key */
  static async open(
    { work, params, privateKey }: Pick<StageContext<PackageParams>, 'work' | 'params' | 'privateKey'>,
    certificate: SigningCertificate,
  ): Promise<Signer> {
    const folder = join(work, 'signed');
    await mkdir(folder);
    const signer = new Signer(folder, await privateKey(), certificate, params.sourceDate);
    await writeFile(signer.#certificateFile, certificate.pem);
    return signer;
  }

  /** The same placements, with a signed copy of every program. @throws StageFailure `signing.nothing` when there is none */
  async signed(placements: readonly Placement[]): Promise<Placement[]> {
    const copies = new Map<string, string>();
    const result: Placement[] = [];
    for (const placement of placements) {
      if (placement.at !== 'esp' || !('file' in placement) || !(await isProgram(placement.file))) {
        result.push(placement);
        continue;
      }
      const { file } = placement;
      const copy = copies.get(file) ?? (await this.#sign(file));
      copies.set(file, copy);
      result.push({ ...placement, file: copy });
    }
    if (copies.size > 0) return result;
    throw new StageFailure({
      code: 'signing.nothing',
      message: 'The EFI system partition has no program that could be signed, so firmware would start nothing.',
      hint: 'Choose another bootloader, or leave out signing.secureBoot.',
      details: [{ pointer: '/signing/secureBoot', message: 'there is nothing to sign' }],
    });
  }

  /** PK, KEK and db (UEFI 2.10 §32.3), each holding the one certificate, and signed with its key as updates have to be. */
  async enrolment(): Promise<{ name: string; file: string }[]> {
    const list = join(this.folder, 'certificate.esl');
    const der = join(this.folder, 'certificate.der');
    await writeFile(der, new X509Certificate(this.#certificate.pem).raw);
    // Whose entry it is: the same for the same certificate.
    const owner = deriveUuid(this.#certificate.sha256, 'secure-boot-owner');
    await runTool('sbsiglist', ['--owner', owner, '--type', 'x509', '--output', list, der]);
    const made = [];
    for (const variable of ['PK', 'KEK', 'db']) {
      const file = join(this.folder, `${variable}.auth`);
      await this.#run('sbvarsign', ['--output', file, variable, list]);
      made.push({ name: `${variable}.auth`, file });
    }
    return made;
  }

  async #sign(file: string): Promise<string> {
    this.#count += 1;
    const copy = join(this.folder, `${this.#count}-${basename(file)}`);
    await this.#run('sbsign', ['--output', copy, file]);
    return copy;
  }

  async #run(tool: string, args: readonly string[]): Promise<void> {
    await withPrivateKeyFile(this.#privateKey, (key) =>
      runTool(tool, ['--key', key, '--cert', this.#certificateFile, ...args], { env: this.#environment }),
    );
  }
}

/** PE/COFF, as which UEFI has programs: kernels with an EFI stub are such, too. */
async function isProgram(path: string): Promise<boolean> {
  return (await readStart(path, 2)).toString('latin1') === 'MZ';
}
