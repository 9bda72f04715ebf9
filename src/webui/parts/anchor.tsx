/** Mantine's links and buttons as links of the router. */
import { Anchor, type AnchorProps, Button, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import { type AnchorHTMLAttributes, forwardRef } from 'react';

type Html<Props> = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof Props>;

export const AnchorLink = createLink(
  forwardRef<HTMLAnchorElement, AnchorProps & Html<AnchorProps>>((props, ref) => <Anchor ref={ref} {...props} />),
);

export const ButtonLink = createLink(
  forwardRef<HTMLAnchorElement, ButtonProps & Html<ButtonProps>>((props, ref) => (
    <Button component="a" ref={ref} {...props} />
  )),
);
