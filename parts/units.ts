export const MiB = 1 << 20;
