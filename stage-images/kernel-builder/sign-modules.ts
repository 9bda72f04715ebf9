/**
 * Modules that are signed for a certificate which their kernel is compiled with (Documentation/admin-guide/module-signing.rst).
 * sign-file of the kernel makes the signatures: RSA PKCS #1 v1.5 over the module, without a time, so that the same key gives the
 * same bytes.
 */
import { X509Certificate } from 'node:crypto';
import { mkdir, open, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SigningCertificate } from '../../src/stages/signing.ts';
import { StageFailure } from '../contract/failure.ts';
import { trustedKeys } from './fixed-options.ts';
import type { KernelTree } from './kernel-tree.ts';

/** What a signed module ends with (include/linux/module_signature.h). */
const mark = '~Module signature appended~\n';

/** Where the kernel's own build looks for the certificate that signatures name. */
const signersCertificate = 'certs/signing_key.x509';

/**
 * Puts the certificate where the configuration says that the kernel finds those that it trusts (CONFIG_SYSTEM_TRUSTED_KEYS).
 * The file is new, so that what an earlier kernel with another certificate left is made again.
 * @throws StageFailure `kernel.option-unbuildable` when it names no file of its own below certs
 */
export async function trustCertificate(
  tree: Pick<KernelTree, 'built'>,
  config: ReadonlyMap<string, string>,
  { pem }: SigningCertificate,
): Promise<void> {
  const path = /^"(certs\/[a-z0-9-]+\.pem)"$/.exec(config.get(trustedKeys) ?? '')?.[1];
  if (path === undefined)
    throw new StageFailure({
      code: 'kernel.option-unbuildable',
      message: `${trustedKeys} names no file that the certificate of the modules could be put into.`,
      hint: `Leave ${trustedKeys} as the component has it that provides signed-modules, or leave out signing.modules.`,
      details: [{ pointer: '/signing/modules', message: `${trustedKeys} is ${config.get(trustedKeys) ?? 'absent'}` }],
    });
  await mkdir(dirname(tree.built(path)), { recursive: true });
  await writeFile(tree.built(path), pem);
}

/** Variables of `make modules_install` with which it signs what it installs, after it was stripped and before it is compressed. */
export async function signingVariables(
  tree: Pick<KernelTree, 'built'>,
  { pem }: SigningCertificate,
  keyFile: string,
): Promise<string[]> {
  await writeFile(tree.built(signersCertificate), new X509Certificate(pem).raw);
  return ['CONFIG_MODULE_SIG_ALL=y', `CONFIG_MODULE_SIG_KEY=${keyFile}`];
}

/** @throws StageFailure `kernel.module-unsigned` for a module below `folder` without a signature: its kernel would not load it */
export async function requireSignatures(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true });
  const modules = files.filter((path) => path.endsWith('.ko'));
  for (const path of modules)
    if (!(await endsWith(join(folder, path), mark)))
      throw new StageFailure(
        {
          code: 'kernel.module-unsigned',
          message: `The kernel's build left ${path} without a signature.`,
          hint: 'Retry the build from stage compile.',
        },
        'ours',
      );
  return modules.length;
}

async function endsWith(path: string, text: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size < text.length) return false;
    const { buffer } = await file.read(Buffer.alloc(text.length), 0, text.length, size - text.length);
    return buffer.toString('latin1') === text;
  } finally {
    await file.close();
  }
}
