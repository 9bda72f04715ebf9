/** How the text of an option or argument becomes a value. */
import { InvalidArgumentError } from 'commander';
import { Size } from '../settings.ts';

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^-?[0-9]+$/.test(text) || value < min || value > max)
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    return value;
  };
}

/** A size as settings have it, in bytes. */
export function readSize(text: string): number {
  const size = Size.safeParse(text);
  if (size.success) return size.data;
  throw new InvalidArgumentError(`It ${size.error.issues[0]?.message ?? 'must be a size'}.`);
}

/** For an option that may be given more than once. */
export function collect(text: string, before: string[] | undefined): string[] {
  return [...(before ?? []), text];
}
