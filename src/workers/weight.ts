/** How much there is to do with a value, looked at no further than the answer needs. */

/** What a value costs beside its text. */
const valueBytes = 16;

/** Whether a value is of less than `bytes`, counting the characters of its texts and 16 for each value. */
export function isLighter(root: unknown, bytes: number): boolean {
  const pending: unknown[] = [root];
  let sum = 0;
  while (pending.length > 0) {
    const value = pending.pop();
    sum += valueBytes + (typeof value === 'string' ? value.length : 0);
    if (sum >= bytes) return false;
    if (value === null || typeof value !== 'object') continue;
    if (Array.isArray(value)) {
      if (value.length * valueBytes >= bytes) return false;
      pending.push(...value);
      continue;
    }
    for (const key in value) {
      sum += key.length;
      if (sum >= bytes) return false;
      pending.push(Reflect.get(value, key));
    }
  }
  return true;
}
