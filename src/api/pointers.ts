/** Problems found in a part of a body, told by their place in the whole body. */
import { LdfError } from '../errors.ts';

/** Runs `action` on the part at `prefix` (a JSON pointer); the details of its error then point into the whole. */
export async function within<Value>(prefix: string, action: () => Value | Promise<Value>): Promise<Value> {
  try {
    return await action();
  } catch (error) {
    if (prefix === '' || !(error instanceof LdfError) || error.details.length === 0) throw error;
    throw new LdfError(error.code, error.message, {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(error.subcode === undefined ? {} : { subcode: error.subcode }),
      details: error.details.map((detail) => ({ ...detail, pointer: `${prefix}${detail.pointer}` })),
      cause: error,
    });
  }
}
