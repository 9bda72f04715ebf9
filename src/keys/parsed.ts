/** What cannot be read is no more than that: the error may hold some of a key. */
export function parsed<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
