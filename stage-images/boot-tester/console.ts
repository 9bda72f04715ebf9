/** Reads what a guest sends to its serial console: raw bytes in, plain lines of text out. */
import { TextDecoder } from 'node:util';

/** A longer line is broken here, so that a guest without line ends cannot fill the memory. */
const maxLineLength = 4096;
/** A control string (OSC, DCS …) that nobody ends is taken for text again after this many characters. */
const maxControlString = 1024;

export interface ConsoleLine {
  text: string;
  /** It was written over the line before it, as the line of a progress display is. */
  rewrites: boolean;
}

type State = 'text' | 'escape' | 'escape-intermediate' | 'csi' | 'string' | 'string-escape';

/**
 * Turns a serial console's bytes into lines without control sequences (ECMA-48). Bytes may come in pieces cut anywhere,
 * inside a UTF-8 character or an escape sequence too; the lines do not depend on where. Invalid UTF-8 becomes U+FFFD.
 * Moving the cursor to a place and clearing the screen end a line, for firmware menus are drawn so.
 */
export class ConsoleDecoder {
  readonly #utf8 = new TextDecoder('utf-8');
  #state: State = 'text';
  #stringLength = 0;
  #line = '';
  /** A carriage return came: what follows, unless it is the line's end, overwrites the line. */
  #returned = false;
  #rewrites = false;
  #lines: ConsoleLine[] = [];

  /** The lines that `bytes` completed, blank ones left out. */
  feed(bytes: Uint8Array): ConsoleLine[] {
    return this.#take(this.#utf8.decode(bytes, { stream: true }));
  }

  /** The beginning of a line that has no end yet, such as a prompt. */
  get pending(): string {
    return this.#line.trimEnd();
  }

  /** What is left when the console has closed; a line that was cut off counts as one. */
  end(): ConsoleLine[] {
    const lines = this.#take(this.#utf8.decode());
    this.#endLine();
    return [...lines, ...this.#drain()];
  }

  #take(text: string): ConsoleLine[] {
    for (const char of text) this.#step[this.#state](char);
    return this.#drain();
  }

  #drain(): ConsoleLine[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  readonly #step: Readonly<Record<State, (char: string) => void>> = {
    text: (char) => this.#text(char),
    escape: (char) => this.#escape(char),
    'escape-intermediate': (char) => {
      if (isFinal(char, '0')) this.#state = 'text';
    },
    csi: (char) => this.#csi(char),
    string: (char) => this.#string(char),
    'string-escape': (char) => {
      if (char === '\\') this.#state = 'text';
      else this.#escape(char);
    },
  };

  #text(char: string): void {
    if (char === '\u001b') this.#state = 'escape';
    else if (char === '\n') this.#endLine();
    else if (char === '\r') this.#returned = true;
    else if (char === '\t' || isPrintable(char)) this.#put(char);
  }

  #put(char: string): void {
    // On a terminal the new text would cover the old; both are kept, for a log has no screen.
    if (this.#returned || this.#line.length >= maxLineLength) this.#endLine();
    this.#line += char;
  }

  #endLine(): void {
    this.#returned = false;
    const text = this.#line.trimEnd();
    this.#line = '';
    if (text === '') return;
    this.#lines.push({ text, rewrites: this.#rewrites });
    this.#rewrites = false;
  }

  #escape(char: string): void {
    if (char === '[') this.#state = 'csi';
    else if (']PX^_'.includes(char)) {
      this.#state = 'string';
      this.#stringLength = 0;
    } else if (char === '\u001b') this.#state = 'escape';
    else if (char >= ' ' && char <= '/') this.#state = 'escape-intermediate';
    else {
      this.#state = 'text';
      if (char === 'M') this.#lineAbove();
    }
  }

  /** RI, reverse line feed: systemd goes back to the line of its progress display so. */
  #lineAbove(): void {
    this.#endLine();
    this.#rewrites = true;
  }

  /** ECMA-48 5.4: parameter and intermediate bytes up to 3/15, then one final byte. */
  #csi(char: string): void {
    if (char >= ' ' && char <= '?') return;
    this.#state = 'text';
    if (char === 'H' || char === 'f' || char === 'J') this.#endLine();
    else if (!isFinal(char, '@')) this.#text(char);
  }

  /** Ends with ST or BEL; a line end means that the string was never ended. */
  #string(char: string): void {
    this.#stringLength += 1;
    if (char === '\u0007' || char === '\u0018' || char === '\u001a') this.#state = 'text';
    else if (char === '\u001b') this.#state = 'string-escape';
    else if (char === '\n' || char === '\r' || this.#stringLength > maxControlString) {
      this.#state = 'text';
      this.#text(char);
    }
  }
}

function isFinal(char: string, from: string): boolean {
  return char >= from && char <= '~';
}

/** Neither C0, DEL nor C1. */
function isPrintable(char: string): boolean {
  return char >= ' ' && !(char >= '\u007f' && char <= '\u009f');
}
