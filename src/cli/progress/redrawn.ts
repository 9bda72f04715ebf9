/** Lines that are redrawn in place; what they say goes out as every other line does. */
import { createLogUpdate } from 'log-update';
import { terminalText } from '../../printable-text.ts';
import type { OutputStream } from '../terminal.ts';

export interface Redrawn {
  /** Puts lines in the place of those that were drawn last. */
  draw(text: string): void;
  /** Lines that stay, above those. */
  persist(text: string): void;
  clear(): void;
  /** What is there stays. */
  done(): void;
}

export function redrawn(stream: OutputStream): Redrawn {
  const update = createLogUpdate(stream);
  return {
    draw: (text) => update(terminalText(text)),
    persist: (text) => update.persist(terminalText(text)),
    clear: () => update.clear(),
    done: () => update.done(),
  };
}
