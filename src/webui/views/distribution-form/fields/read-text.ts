/** The text of a file that was chosen, or why it cannot be taken. */

/** As `system.files` bounds a file. */
const mostBytes = 4 << 20;

export type ReadText = { text: string } | { problem: string };

/** @param check what is wrong with the text, if it is not what it should be */
export async function readText(
  file: Pick<File, 'name' | 'size' | 'arrayBuffer'>,
  check: (text: string) => string | undefined = () => undefined,
): Promise<ReadText> {
  if (file.size > mostBytes)
    return { problem: `${file.name} is larger than ${mostBytes >> 20} MiB. Put large files into a package.` };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
    const problem = text.includes('\0') ? notText(file.name) : check(text);
    return problem === undefined ? { text } : { problem };
  } catch (error) {
    // A TypeError says that it is no UTF-8; what else goes wrong is the file's: it is gone, or may not be read.
    if (error instanceof TypeError) return { problem: notText(file.name) };
    return { problem: `${file.name} could not be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** The lines of a file of public keys; comments and empty lines are none. */
export function keyLines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** What is wrong with a file that should hold public keys. */
export function notPublicKeys(text: string): string | undefined {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text))
    return 'This is a private key, which belongs on your own machine alone. Choose the file beside it that ends in .pub.';
  const lines = keyLines(text);
  if (lines.length === 0) return 'There is no key in this file.';
  // sshd(8), AUTHORIZED_KEYS: options may stand before the type of the key.
  const wrong = lines.find((line) => !/(^|\s)(ssh-|ecdsa-|sk-)\S+ [A-Za-z0-9+/]+=*/.test(line));
  return wrong === undefined ? undefined : `“${wrong.slice(0, 40)}” is no public key as ssh-keygen writes it.`;
}

function notText(name: string): string {
  return `${name} is not a text in UTF-8. Put binary files into a package.`;
}
