/** The parameters of every kernel source part, and what each gives, without its code: by these the catalog checks components. */
import { DebianBinaryParams } from './debian-binary/params.ts';
import { DebianSourceParams } from './debian-source/params.ts';
import { GitParams } from './git/params.ts';
import { KernelOrgParams } from './kernel-org/params.ts';
import { UploadParams } from './upload/params.ts';
import { UrlParams } from './url/params.ts';

/** What `sourceAsks` names, a component may leave to the definition. */
export const sourceParams = {
  'debian-binary': DebianBinaryParams,
  'debian-source': DebianSourceParams,
  git: GitParams.partial(),
  'kernel-org': KernelOrgParams,
  upload: UploadParams.partial(),
  url: UrlParams.partial(),
} as const;

/** A tree that is configured and compiled (`source`), or a kernel that is finished (`binary`). */
export const sourceForms = {
  'debian-binary': 'binary',
  'debian-source': 'source',
  git: 'source',
  'kernel-org': 'source',
  upload: 'source',
  url: 'source',
} as const satisfies Readonly<Record<keyof typeof sourceParams, 'source' | 'binary'>>;

/** What a definition may tell a source, under the same names in `kernel`. */
export type DefinitionKey = 'url' | 'sha256' | 'commit' | 'tag' | 'publicKey';

export interface SourceAsks {
  takes: readonly DefinitionKey[];
  /** Of each of these, one has to be said, by the component or the definition. */
  needs: readonly (readonly DefinitionKey[])[];
  /** What to say, in a sentence. */
  hint: string;
}

const nothing: SourceAsks = { takes: [], needs: [], hint: '' };

export const sourceAsks: Readonly<Record<keyof typeof sourceParams, SourceAsks>> = {
  'debian-binary': nothing,
  'debian-source': nothing,
  git: {
    takes: ['url', 'commit', 'tag', 'publicKey'],
    needs: [['url'], ['commit', 'tag'], ['publicKey', 'commit']],
    hint: 'Give kernel.url the address of a repository, and kernel.commit a commit in full; or kernel.tag a signed tag, and kernel.publicKey the key that signs it.',
  },
  'kernel-org': nothing,
  upload: {
    takes: ['sha256'],
    needs: [['sha256']],
    hint: 'Upload an archive with `ldf sources add FILE`, and give kernel.sha256 the sha256 that it prints.',
  },
  url: {
    takes: ['url', 'sha256'],
    needs: [['url'], ['sha256']],
    hint: 'Give kernel.url the address of an archive, and kernel.sha256 the sha256 of that file.',
  },
};

/** Parameters that only choosing needs: what reads the file is not told of them, and no kernel is compiled again for them. */
export const sourceChoices = {
  'debian-binary': [],
  'debian-source': [],
  git: ['url', 'commit', 'tag', 'publicKey'],
  'kernel-org': ['mirrors', 'keys'],
  upload: ['sha256'],
  url: ['url', 'sha256'],
} as const satisfies Readonly<Record<keyof typeof sourceParams, readonly string[]>>;
