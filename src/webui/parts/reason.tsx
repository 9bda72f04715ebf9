/** Why a stage runs or need not, as the server says it; builds that it names are links, told by the end of their ids. */
import { Tooltip } from '@mantine/core';
import { Fragment } from 'react';
import { AnchorLink } from './anchor.tsx';

/** A ULID after the word: what the engine writes. */
const named = /\bbuild ([0-9a-hjkmnp-tv-z]{26})\b/g;

export function Reason({ text }: { text: string }) {
  const parts: { text: string; build?: string }[] = [];
  let end = 0;
  for (const match of text.matchAll(named)) {
    parts.push({ text: `${text.slice(end, match.index)}build `, build: match[1] ?? '' });
    end = match.index + match[0].length;
  }
  parts.push({ text: text.slice(end) });
  return parts.map((part) => (
    <Fragment key={part.text}>
      {part.text}
      {part.build && <BuildLink id={part.build} />}
    </Fragment>
  ));
}

export function shortId(id: string): string {
  return `…${id.slice(-6)}`;
}

function BuildLink({ id }: { id: string }) {
  return (
    <Tooltip label={id} events={{ hover: true, focus: true, touch: true }}>
      <AnchorLink to="/builds/$id" params={{ id }} inherit underline="always">
        {shortId(id)}
      </AnchorLink>
    </Tooltip>
  );
}
