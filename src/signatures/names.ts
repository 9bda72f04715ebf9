/** What signatures and provenance are called. */

/** Beside the file that is signed. */
export const signatureExtension = '.minisig';

export const provenanceExtension = '.intoto.json';
