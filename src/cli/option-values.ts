/** How the text of an option or argument becomes a value. */
import { InvalidArgumentError } from 'commander';

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^-?[0-9]+$/.test(text) || value < min || value > max)
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    return value;
  };
}

/** For an option that may be given more than once. */
export function collect(text: string, before: string[] | undefined): string[] {
  return [...(before ?? []), text];
}
