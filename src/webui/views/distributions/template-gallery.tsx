/** The examples as cards: what each is for, what it is made of, and who can log in. */
import { Badge, Card, Group, SimpleGrid, Skeleton, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { formatCount } from '../../../amounts.ts';
import type { Example } from '../../../model/example.ts';
import { componentsQuery } from '../../api.ts';
import { ButtonLink } from '../../parts/anchor.tsx';
import { QueryStatus } from '../../parts/query-status.tsx';
import { examplesQuery } from '../distribution-form/start.ts';
import classes from './template-gallery.module.css';
import { byDefault } from './usual-components.ts';

const columns = { base: 1, sm: 2, lg: 3, xl: 4 } as const;
const gap = { base: 'xs', sm: 'md' } as const;

export function TemplateGallery() {
  const query = useQuery(examplesQuery);
  const usual = byDefault(query.data ?? []);
  return (
    <>
      <QueryStatus query={query} loading={<GallerySkeleton />} />
      <SimpleGrid cols={columns} spacing={gap}>
        {query.data?.map((example) => (
          <TemplateCard key={example.name} example={example} usual={usual} />
        ))}
      </SimpleGrid>
    </>
  );
}

/** @param usual what nearly all of them choose, which tells none from another */
function TemplateCard({ example, usual }: { example: Example; usual: ReadonlySet<string> }) {
  const { name, summary, components, packages, logins } = example;
  const { data: known } = useQuery(componentsQuery);
  const own = components.filter((one) => !usual.has(`${one.kind}/${one.name}`));
  const titleOf = (kind: string, one: string) =>
    known?.find((component) => component.kind === kind && component.name === one)?.title ?? one;
  return (
    <Card withBorder padding="md">
      <div className={classes.example}>
        <Title order={2} size="h5" className={classes.name}>
          {name}
        </Title>
        <div className={classes.summary}>
          <Text size="sm" c="dimmed">
            {summary}
          </Text>
          <Group gap={4} my={6}>
            {own.map(({ kind, name: one }) => (
              <Badge key={`${kind}/${one}`} size="sm" variant="light" tt="none" title={kind}>
                {titleOf(kind, one)}
              </Badge>
            ))}
            <Badge size="sm" variant="light" color="gray" tt="none" title={packages.join(', ')}>
              {packages.length === 0 ? 'base system only' : `${formatCount(packages.length, 'package')} + dependencies`}
            </Badge>
          </Group>
          <Text size="xs">
            {logins.length > 0
              ? `Log in as ${logins.join(' or ')}, with your own SSH key.`
              : 'Nobody can log in until you add a user.'}
          </Text>
        </div>
        <ButtonLink
          to="/distributions/new"
          search={{ from: `example:${name}` }}
          variant="light"
          size="xs"
          aria-label={`Start from ${name}`}
          className={classes.begin}
        >
          Start from this
        </ButtonLink>
      </div>
    </Card>
  );
}

function GallerySkeleton() {
  return (
    <SimpleGrid cols={columns} spacing={gap} aria-label="Loading the examples">
      {['a', 'b', 'c', 'd'].map((key) => (
        <Skeleton key={key} height={150} />
      ))}
    </SimpleGrid>
  );
}
