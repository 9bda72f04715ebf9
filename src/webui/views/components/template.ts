/** What a new component begins with: the keys that matter most, with what they are for. */
export const template = `kind: platform
name: my-component
title: My component
summary: What it is, in a sentence or two.

# Provisions that others may require, and those that this one does.
provides: []
requires: []
conflicts: []

contributes:
  packages: []
  kernel:
    # Options that must hold: the definition cannot say otherwise.
    options: {}
    # Options that the definition may override.
    defaults: {}
  files: []
  services:
    enable: []
`;
