import { describe, expect, test } from 'vitest';
import { type Frame, FrameDecoder } from '../../../../src/runtime/docker/frames.ts';
import { LogAssembler, maxLineBytes } from '../../../../src/runtime/docker/log-lines.ts';
import type { LogPosition } from '../../../../src/runtime/runtime.ts';

/** A frame as Docker sends it: stream number, three zeros, length, payload. */
function frame(stream: 1 | 2, payload: string | Buffer): Buffer {
  const body = Buffer.from(payload);
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
}

const stamp = (nanoseconds: number): string => `2026-01-02T03:04:05.${String(nanoseconds).padStart(9, '0')}Z`;
const entry = (at: number, text: string | Buffer, stream: Frame['stream'] = 'stdout'): Frame => ({
  stream,
  payload: Buffer.concat([Buffer.from(`${stamp(at)} `), Buffer.from(text)]),
});

/** Reads a log from a position on, as an engine that filters by time would give it, to its end. */
function read(log: readonly Frame[], after?: LogPosition) {
  const assembler = new LogAssembler(after);
  const lines = log.map((frame) => assembler.push(frame)).filter((line) => line !== undefined);
  return [...lines, ...assembler.end()];
}

describe('frames', () => {
  const stream = Buffer.concat([frame(1, 'one\n'), frame(2, 'zwei ü\n'), frame(1, ''), frame(1, 'three')]);

  test.each([1, 2, 3, 7, 8, 9, 1000])('come out whole when the stream arrives in pieces of %i bytes', (size) => {
    const decoder = new FrameDecoder();
    const frames: string[] = [];
    for (let at = 0; at < stream.length; at += size)
      for (const { stream: name, payload } of decoder.push(stream.subarray(at, at + size)))
        frames.push(`${name} ${payload.toString()}`);
    expect(frames).toEqual(['stdout one\n', 'stderr zwei ü\n', 'stdout ', 'stdout three']);
  });

  test('what is no such stream is refused', () => {
    expect(() => [...new FrameDecoder().push(Buffer.from('plain text of a tty'))]).toThrow(/stream number 112/);
    expect(() => [...new FrameDecoder().push(Buffer.from([1, 0, 0, 0, 0xff, 0, 0, 0]))]).toThrow(/a frame of/);
  });
});

describe('lines', () => {
  test('pieces are joined, also across lines of the other stream', () => {
    const log = [
      entry(1, 'a'.repeat(16384)),
      entry(2, 'meanwhile\n', 'stderr'),
      entry(3, 'b'.repeat(16384)),
      entry(4, 'c\n'),
    ];
    expect(read(log).map(({ stream, text }) => [stream, text])).toEqual([
      ['stderr', 'meanwhile'],
      ['stdout', `${'a'.repeat(16384)}${'b'.repeat(16384)}c`],
    ]);
  });

  test('a character split between two pieces is whole again, and bytes that are not UTF-8 are replaced', () => {
    const [first = 0, second = 0] = Buffer.from('ü');
    expect(read([entry(1, Buffer.from([first])), entry(2, Buffer.from([second, 0x0a]))])[0]?.text).toBe('ü');
    expect(read([entry(1, Buffer.from([0x61, 0xff, 0x0a]))])[0]?.text).toBe('a\ufffd');
  });

  test('line ends are taken off, empty lines kept, and last words without a newline delivered', () => {
    expect(read([entry(1, 'dos\r\n'), entry(2, '\n'), entry(3, 'no newline')]).map(({ text }) => text)).toEqual([
      'dos',
      '',
      'no newline',
    ]);
  });

  test('a line over the bound is cut and says so', () => {
    const pieces = 100;
    const log = Array.from({ length: pieces }, (_, index) => entry(index + 1, 'x'.repeat(16384)));
    const [line] = read([...log, entry(1000, 'end\n')]);
    expect(line?.text).toHaveLength(maxLineBytes + ' … [cut: the line has 1638403 bytes]'.length);
    expect(line?.text.endsWith('[cut: the line has 1638403 bytes]')).toBe(true);
  });
});

describe('positions', () => {
  const logs: Record<string, Frame[]> = {
    'one line an entry': [entry(1, 'a\n'), entry(2, 'b\n'), entry(3, 'c\n'), entry(4, 'd\n')],
    'entries of one time': [entry(1, 'a\n'), entry(2, 'b\n'), entry(2, 'c\n'), entry(2, 'd\n'), entry(3, 'e\n')],
    'a time that comes again': [
      entry(1, 'a\n'),
      entry(2, 'b\n', 'stderr'),
      entry(1, 'c\n'),
      entry(2, 'd\n'),
      entry(9, 'e\n'),
    ],
    'times that run backwards': [
      entry(5, 'a\n'),
      entry(3, 'b\n', 'stderr'),
      entry(6, 'c\n'),
      entry(4, 'd\n', 'stderr'),
    ],
    'a time first seen within a line': [
      entry(1, 'a'),
      entry(2, 'b\n', 'stderr'),
      entry(3, 'c\n'),
      entry(2, 'd\n', 'stderr'),
    ],
    'pieces across each other': [
      entry(1, 'a'),
      entry(2, 'b', 'stderr'),
      entry(3, 'c\n'),
      entry(4, 'd'),
      entry(5, 'e\n', 'stderr'),
      entry(6, 'f\n', 'stderr'),
      entry(7, 'g\n'),
      entry(8, 'h'),
    ],
  };

  test.each(Object.keys(logs))('reading on from every line gives every line once: %s', (name) => {
    const log = logs[name] ?? [];
    const whole = read(log).map(({ text }) => text);
    expect(whole.length).toBeGreaterThan(2);
    for (let first = 1; first <= whole.length; first++)
      for (let second = first; second <= whole.length; second++) {
        const one = read(log).slice(0, first);
        const two = read(log, one.at(-1)?.position).slice(0, second - first);
        const three = read(log, [...one, ...two].at(-1)?.position);
        expect([...one, ...two, ...three].map(({ text }) => text)).toEqual(whole);
      }
  });

  test('entries before the anchor that the engine gives again are passed over', () => {
    const log = Array.from({ length: 2000 }, (_, index) => entry(index, `${index}\n`));
    const position = read(log)[1500]?.position;
    expect(read(log.slice(1000), position)[0]?.text).toBe('1501');
  });

  test('a log that lost the entry reading stopped at is an error, not silence', () => {
    const position = read([entry(1, 'a\n')])[0]?.position;
    expect(() => read([entry(7, 'b\n')], position)).toThrow(/no longer has the entry/);
  });
});
