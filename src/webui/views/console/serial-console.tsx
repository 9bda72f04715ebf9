/** xterm on the serial console of a machine that is started with it and goes with it. */
import '@xterm/xterm/css/xterm.css';
import { Box } from '@mantine/core';
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import { useEffect, useRef } from 'react';
import { type Connection, type ConsoleState, connect } from './connect.ts';

interface SerialConsoleProps {
  artifactId: string;
  /** Root is logged in without a password. */
  rootIn: boolean;
  /** false switches the machine off; what it said stays. */
  on: boolean;
  onState: (state: ConsoleState) => void;
}

export function SerialConsole({ artifactId, rootIn, on, onState }: SerialConsoleProps) {
  const place = useRef<HTMLDivElement>(null);
  const connection = useRef<Connection>(undefined);
  useEffect(() => {
    if (!place.current) return;
    const terminal = new Terminal({
      fontFamily: 'ui-monospace, "DejaVu Sans Mono", monospace',
      fontSize: 13,
      scrollback: 10_000,
      theme: { background: '#11131a' },
      screenReaderMode: true,
    });
    const fit = new FitAddon();
    terminal.loadAddon(fit);
    terminal.open(place.current);
    fit.fit();
    const resized = new ResizeObserver(() => fit.fit());
    resized.observe(place.current);
    const made = connect({ artifactId, rootIn }, (bytes) => terminal.write(bytes), onState);
    connection.current = made;
    const encoder = new TextEncoder();
    terminal.onData((text) => made.send(encoder.encode(text)));
    terminal.focus();
    return () => {
      made.close();
      resized.disconnect();
      terminal.dispose();
    };
  }, [artifactId, rootIn, onState]);
  useEffect(() => {
    if (on || !connection.current) return;
    connection.current.close();
    onState({ phase: 'ended', why: 'Powered off.' });
  }, [on, onState]);
  return (
    <Box
      ref={place}
      h="max(320px, calc(100dvh - 230px))"
      p="xs"
      bg="#11131a"
      style={{ borderRadius: 'var(--mantine-radius-md)', overflow: 'hidden' }}
    />
  );
}
