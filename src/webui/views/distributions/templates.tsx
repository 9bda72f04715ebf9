/** Where a new distribution begins: one of the examples, an empty form, or a file. */
import { IconPlus } from '@tabler/icons-react';
import { ButtonLink } from '../../parts/anchor.tsx';
import { Page } from '../../parts/page.tsx';
import { ImportButton } from './import-button.tsx';
import { TemplateGallery } from './template-gallery.tsx';

export function Templates() {
  return (
    <Page
      title="New distribution"
      about="Start from an example and change what you like, from an empty form, or from a file."
      actions={
        <>
          <ImportButton />
          <ButtonLink to="/distributions/new" variant="default" leftSection={<IconPlus size={16} aria-hidden />}>
            Empty form
          </ButtonLink>
        </>
      }
    >
      <TemplateGallery />
    </Page>
  );
}
