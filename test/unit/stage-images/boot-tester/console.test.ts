import { describe, expect, test } from 'vitest';
import { ConsoleDecoder, type ConsoleLine } from '../../../../stage-images/boot-tester/console.ts';
import { ConsoleTail } from '../../../../stage-images/boot-tester/console-tail.ts';
import { recording } from './replay.ts';

const recordings = ['up', 'late-getty', 'failed-unit', 'emergency', 'panic', 'initramfs', 'firmware-shell', 'no-entry'];

function decode(bytes: Buffer | string, pieceBytes = Number.POSITIVE_INFINITY): ConsoleLine[] {
  const decoder = new ConsoleDecoder();
  const all = Buffer.from(bytes);
  const lines: ConsoleLine[] = [];
  for (let from = 0; from < all.length; from += pieceBytes)
    lines.push(...decoder.feed(all.subarray(from, from + pieceBytes)));
  return [...lines, ...decoder.end()];
}

const texts = (bytes: Buffer | string) => decode(bytes).map((line) => line.text);

describe.each(recordings)('the recorded console %s', (name) => {
  test.each([1, 2, 3, 7, 61, 4096])('gives the same lines in pieces of %d bytes', (pieceBytes) => {
    expect(decode(recording(name), pieceBytes)).toEqual(decode(recording(name)));
  });

  test('has no control characters left, and no blank lines', () => {
    for (const text of texts(recording(name))) expect(text).toMatch(/^[\t\P{Cc}]*[^\p{Cc}\s]$/u);
  });
});

describe('lines', () => {
  test.each([
    ['LF', 'one\ntwo\n'],
    ['CR LF', 'one\r\ntwo\r\n'],
    ['CR CR LF, as systemd writes', 'one\r\r\ntwo\r\r\n'],
    ['LF CR, as firmware writes', 'one\n\rtwo\n\r'],
    ['a lone CR', 'one\rtwo\r'],
    ['a cursor that is moved', '\u001b[2J\u001b[01;01Hone\u001b[08;00Htwo\u001b[2J'],
    ['no end at all', 'one\ntwo'],
  ])('end with %s', (_, bytes) => {
    expect(texts(bytes)).toEqual(['one', 'two']);
  });

  test('show no control sequences', () => {
    expect(
      texts(
        '[\u001b[0;32m  OK  \u001b[0m] \u001b]8;;man:x\u001b\\Reached\u001b]8;;\u0007 \u001bP+q\u001b\\\u001b(Bit\u0007\b\u0000',
      ),
    ).toEqual(['[  OK  ] Reached it']);
  });

  test('come back after a control string that nobody ended', () => {
    expect(texts('\u001b]0;title\nKernel panic')).toEqual(['Kernel panic']);
    expect(texts(`\u001b]${'x'.repeat(1024)}yKernel panic`)).toEqual(['yKernel panic']);
  });

  test('hold U+FFFD for what is no UTF-8', () => {
    expect(texts(Buffer.from([0x61, 0xff, 0x62, 0xc3, 0x0a]))).toEqual(['a\ufffdb\ufffd']);
  });

  test('are broken when they never end', () => {
    const lines = texts('x'.repeat(10_000));
    expect(lines.map((line) => line.length)).toEqual([4096, 4096, 1808]);
  });

  test('tell that they rewrite the line before', () => {
    expect(decode('a\r\n\u001bM\r\u001b[Kb\r\nc\r\n')).toEqual([
      { text: 'a', rewrites: false },
      { text: 'b', rewrites: true },
      { text: 'c', rewrites: false },
    ]);
  });
});

test('a prompt is pending', () => {
  const decoder = new ConsoleDecoder();
  expect(decoder.feed(Buffer.from('hello\r\ngw log'))).toEqual([{ text: 'hello', rewrites: false }]);
  expect(decoder.feed(Buffer.from('in: '))).toEqual([]);
  expect(decoder.pending).toBe('gw login:');
});

describe('the tail', () => {
  const line = (text: string, rewrites = false) => ({ text, rewrites });

  test('keeps what came before the first sign, and what came last', () => {
    const tail = new ConsoleTail();
    for (let number = 1; number <= 100; number += 1) tail.add(line(`before ${number}`));
    tail.mark();
    for (let number = 1; number <= 50; number += 1) {
      tail.add(line(`after ${number}`));
      tail.mark();
    }
    expect(tail.lines).toHaveLength(53);
    expect(tail.lines.slice(0, 1)).toEqual(['before 61']);
    expect(tail.lines.slice(39, 42)).toEqual(['before 100', '… 38 more …', 'after 39']);
    expect(tail.lines.at(-1)).toBe('after 50');
  });

  test('keeps one frame of a progress display', () => {
    const tail = new ConsoleTail();
    expect(tail.add(line('[*     ] Job x.service/start running (8s / 1min 30s)'))).toBe(true);
    expect(tail.add(line('[**    ] Job x.service/start running (9s / 1min 30s)', true))).toBe(false);
    expect(tail.add(line('[***   ] Job y.service/start running (9s / no limit)', true))).toBe(true);
    expect(tail.lines).toEqual(['[***   ] Job y.service/start running (9s / no limit)']);
  });
});
