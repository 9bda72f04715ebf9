/** Whether a text can be a kernel's release: it names the module folder; the kernel itself allows 64 characters. */
export function isRelease(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._+~-]{0,63}$/.test(text);
}
