/** What signatures and provenance are called. */

/** Beside the file that is signed. */
export const signatureExtension = '.minisig';

export const provenanceExtension = '.intoto.json';

/** The same as a bundle of Sigstore's. */
export const bundleExtension = '.sigstore.json';
