/** Plays recorded consoles to the boot-tester's watch, on a clock of its own. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { CheckReport } from '../../../../parts/checks/check.ts';
import { nothingToBoot } from '../../../../parts/machines/uefi/uefi.ts';
import { parseComponent } from '../../../../src/catalog/catalog.ts';
import type { ConsoleSigns } from '../../../../src/stages/boot/contract.ts';
import { ConsoleDecoder } from '../../../../stage-images/boot-tester/console.ts';
import type { GuestEnd } from '../../../../stage-images/boot-tester/guest.ts';
import { compileSigns } from '../../../../stage-images/boot-tester/signs.ts';
import { BootWatch, type Outcome, type WatchLimits } from '../../../../stage-images/boot-tester/watch.ts';

const fixtures = new URL('../../../fixtures/boot-tester/', import.meta.url);

/** A console as a guest sent it. */
export function recording(name: string): Buffer {
  return readFileSync(new URL(`${name}.console`, fixtures));
}

/** The signs that the component init/systemd brings. */
export function systemdSigns(): ConsoleSigns {
  const component: unknown = parse(
    readFileSync(new URL('../../../../components/init/systemd.yaml', import.meta.url), 'utf8'),
  );
  return parseComponent(component).contributes.console;
}

export const limits: WatchLimits = { timeoutMs: 600_000, silenceMs: 60_000, wallMs: 3_600_000 };

/** A watch, and the time that passes for it. */
export class Replay {
  readonly watch: BootWatch;
  readonly #decoder = new ConsoleDecoder();
  nowMs = 0;

  constructor(check?: CheckReport, signs: ConsoleSigns = systemdSigns()) {
    this.watch = new BootWatch(compileSigns(signs, nothingToBoot), limits, check);
  }

  /** The console says `bytes`, 100 of them in a millisecond. */
  say(bytes: string | Buffer): this {
    const all = Buffer.from(bytes);
    for (let from = 0; from < all.length; from += 100) {
      this.nowMs += 1;
      const lines = this.#decoder.feed(all.subarray(from, from + 100)).map((line) => line.text);
      this.watch.heard(lines, this.#decoder.pending, this.nowMs);
      this.watch.review(this.nowMs);
    }
    return this;
  }

  wait(ms: number): this {
    this.nowMs += ms;
    return this;
  }

  end(end: GuestEnd): this {
    this.watch.heard(
      this.#decoder.end().map((line) => line.text),
      '',
      this.nowMs,
    );
    this.watch.ended(end);
    return this;
  }

  /** Lets time pass as the watch asks for it, until there is a verdict. */
  outcome(): Outcome {
    for (let reviews = 0; reviews < 1000; reviews += 1) {
      const outcome = this.watch.review(this.nowMs);
      if (outcome) return outcome;
      this.nowMs = Math.max(this.nowMs + 1, this.watch.reviewAtMs(this.nowMs));
    }
    throw new Error('the watch came to no verdict');
  }

  /** The codes of what was found, the cause first; none for a boot that went well. */
  codes(): string[] {
    const outcome = this.outcome();
    return outcome.up ? [] : outcome.problems.map((problem) => problem.code);
  }
}
