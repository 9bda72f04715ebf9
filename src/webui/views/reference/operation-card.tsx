/** One operation: what it takes, what it answers, and the command that does it. */
import { Badge, Button, Code, CopyButton, Group, Stack, Table, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { type ApiOperation, curlOf, typeOf } from './document.ts';
import { Foldable } from './foldable.tsx';
import { SchemaView, TypeWords } from './schema-view.tsx';

const colors: Readonly<Record<string, string>> = { GET: 'blue', POST: 'green', PUT: 'orange', DELETE: 'red' };

export function OperationCard({ operation }: { operation: ApiOperation }) {
  const { id, method, path, summary } = operation;
  return (
    <Foldable
      id={id}
      head={
        <Group gap="xs" style={{ minWidth: 0, flex: 1 }}>
          <Badge variant="light" color={colors[method] ?? 'gray'} radius="sm" miw={70}>
            {method}
          </Badge>
          <Text size="sm" ff="monospace" fw={600} style={{ overflowWrap: 'anywhere' }}>
            {path}
          </Text>
          <Text size="sm" c="dimmed">
            {summary}
          </Text>
        </Group>
      }
    >
      <Details operation={operation} />
    </Foldable>
  );
}

function Details({ operation }: { operation: ApiOperation }) {
  const { description, parameters, requestBody, responses, 'x-scope': scope } = operation;
  return (
    <Stack gap="md">
      {description && <Text size="sm">{description}</Text>}
      <Text size="sm">
        Scope: <Code>{scope}</Code>
      </Text>
      <Curl command={curlOf(operation, location.origin)} />
      {parameters.length > 0 && (
        <Part title="Parameters">
          <Table verticalSpacing={4}>
            <Table.Tbody>
              {parameters.map(({ name, in: place, required, description: about, schema }) => (
                <Table.Tr key={`${place} ${name}`}>
                  <Table.Th scope="row" w={{ base: '38%', sm: 200 }} style={{ verticalAlign: 'top' }}>
                    <Text size="sm" ff="monospace">
                      {name}
                    </Text>
                    <Text size="xs" c="dimmed">
                      {place}
                      {!required && ', optional'}
                    </Text>
                  </Table.Th>
                  <Table.Td>
                    <TypeWords parts={typeOf(schema)} />
                    <Text size="sm" c="dimmed">
                      {about || (typeof schema.description === 'string' ? schema.description : '')}
                    </Text>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Part>
      )}
      {requestBody && (
        <Part title="Body">
          {Object.entries(requestBody.content).map(([type, { schema }]) => (
            <div key={type}>
              <Code>{type}</Code>
              <SchemaView schema={schema} />
            </div>
          ))}
        </Part>
      )}
      <Part title="Responses">
        {Object.entries(responses).map(([status, { description: about, content }]) => (
          <div key={status}>
            <Text size="sm">
              <b>{status}</b> {about}
            </Text>
            {status < '300' &&
              Object.entries(content).map(([type, { schema }]) => <SchemaView key={type} schema={schema} />)}
          </div>
        ))}
      </Part>
    </Stack>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack gap={6}>
      <Title order={3} size="h6">
        {title}
      </Title>
      {children}
    </Stack>
  );
}

function Curl({ command }: { command: string }) {
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <Code block tabIndex={0} role="region" aria-label="As a command" style={{ flex: 1, minWidth: 0 }}>
        {command}
      </Code>
      <CopyButton value={command}>
        {({ copied, copy }) => (
          <Button size="xs" variant="default" onClick={copy} style={{ flex: 'none' }}>
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
      </CopyButton>
    </Group>
  );
}
