/** A distribution of this name leaves an image large enough that nobody reads it at once. */
export const bigName = 'big';
export const bigArtifactBytes = 96 << 20;
