/** A terminal that plays recorded bytes. xterm is large, so it comes only when a console is opened. */

export interface Playback {
  /** From the beginning; bytes a second. */
  play(bytesPerSecond: number): void;
  setSpeed(bytesPerSecond: number): void;
  /** Everything that is left, at once. */
  finish(): void;
}

/** A machine may have been slow, or the page in the background: no jump is longer than this. */
const longestStepSeconds = 0.1;

/** Ends with the signal; undefined when that has fired already. */
export async function openTerminal(
  box: HTMLElement,
  recorded: Uint8Array,
  signal: AbortSignal,
): Promise<Playback | undefined> {
  const [{ Terminal }, { FitAddon }] = await Promise.all([
    import('@xterm/xterm'),
    import('@xterm/addon-fit'),
    import('@xterm/xterm/css/xterm.css'),
  ]);
  if (signal.aborted) return undefined;
  const terminal = new Terminal({
    ...{ convertEol: true, disableStdin: true, scrollback: 20_000, fontSize: 13, screenReaderMode: true },
    fontFamily: 'ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", Consolas, monospace',
    theme: { background: '#101214', foreground: '#d5d9de' },
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(box);
  fit.fit();
  const resizes = new ResizeObserver(() => fit.fit());
  resizes.observe(box);
  const player = new Player(
    (bytes) => terminal.write(bytes),
    () => terminal.reset(),
    recorded,
  );
  signal.addEventListener('abort', () => {
    player.stop();
    resizes.disconnect();
    terminal.dispose();
  });
  return player;
}

class Player implements Playback {
  readonly #write: (bytes: Uint8Array) => void;
  readonly #reset: () => void;
  readonly #recorded: Uint8Array;
  #position = 0;
  #speed = 0;
  #frame: number | undefined;
  #lastMs = 0;

  constructor(write: (bytes: Uint8Array) => void, reset: () => void, recorded: Uint8Array) {
    this.#write = write;
    this.#reset = reset;
    this.#recorded = recorded;
  }

  play(bytesPerSecond: number): void {
    this.stop();
    this.#reset();
    this.#position = 0;
    this.#speed = bytesPerSecond;
    this.#lastMs = performance.now();
    if (bytesPerSecond === Number.POSITIVE_INFINITY) this.finish();
    else this.#step(this.#lastMs + 16);
  }

  setSpeed(bytesPerSecond: number): void {
    this.#speed = bytesPerSecond;
  }

  finish(): void {
    this.stop();
    this.#write(this.#recorded.subarray(this.#position));
    this.#position = this.#recorded.length;
  }

  stop(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
  }

  #step(nowMs: number): void {
    const seconds = Math.min((nowMs - this.#lastMs) / 1000, longestStepSeconds);
    this.#lastMs = nowMs;
    const end = Math.min(this.#recorded.length, this.#position + Math.max(1, Math.round(seconds * this.#speed)));
    this.#write(this.#recorded.subarray(this.#position, end));
    this.#position = end;
    this.#frame = end < this.#recorded.length ? requestAnimationFrame((next) => this.#step(next)) : undefined;
  }
}
