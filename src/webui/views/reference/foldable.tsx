/** A card that opens at a click, or when the address names it. Its content is made when it is opened. */
import { Card, UnstyledButton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { useRouterState } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef, useState } from 'react';

export function Foldable({ id, head, children }: { id: string; head: ReactNode; children: ReactNode }) {
  const named = useRouterState({ select: ({ location }) => location.hash === id });
  const [open, setOpen] = useState(named);
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!named) return;
    setOpen(true);
    card.current?.scrollIntoView();
  }, [named]);
  return (
    <Card ref={card} withBorder padding={0} id={id} style={{ scrollMarginTop: 64 }}>
      <UnstyledButton
        p="sm"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        style={{ display: 'flex', alignItems: 'center', gap: 8 }}
      >
        <IconChevronRight
          size={16}
          aria-hidden
          style={{ flex: 'none', transform: open ? 'rotate(90deg)' : undefined, transition: 'transform 100ms' }}
        />
        {head}
      </UnstyledButton>
      {open && <div style={{ padding: '0 16px 16px' }}>{children}</div>}
    </Card>
  );
}
