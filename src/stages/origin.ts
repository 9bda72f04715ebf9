/** Where something comes from that a stage is asked for: who is named when it cannot be had, and which place in the definition. */
import * as z from 'zod';

export const Origin = z.discriminatedUnion('kind', [
  /** A place in the definition, as a JSON pointer (RFC 6901). */
  z.strictObject({ kind: z.literal('definition'), pointer: z.string() }),
  /** A component by its id, such as `init/systemd`. */
  z.strictObject({ kind: z.literal('component'), name: z.string() }),
  /** What is taken where nobody says otherwise, such as the part `initramfs/minimal`. */
  z.strictObject({ kind: z.literal('default'), name: z.string() }),
]);
export type Origin = z.infer<typeof Origin>;

export function fromDefinition(pointer: string): Origin {
  return { kind: 'definition', pointer };
}

export function fromComponent(name: string): Origin {
  return { kind: 'component', name };
}

export function fromDefault(name: string): Origin {
  return { kind: 'default', name };
}

/** Whether the definition itself asks for it. */
export function isDefinition(origin: Origin): origin is Extract<Origin, { kind: 'definition' }> {
  return origin.kind === 'definition';
}

/** The place in the definition; `otherwise` where it comes from elsewhere, by default the whole of it. */
export function pointerOf(origin: Origin, otherwise = ''): string {
  return isDefinition(origin) ? origin.pointer : otherwise;
}

/** As messages and lists name it: the pointer, or the name. */
export function originText(origin: Origin): string {
  return isDefinition(origin) ? origin.pointer : origin.name;
}
